//! What `bbstatus detect` finds in the environment of each CI system: the dumps in `tests/fixtures/ci/`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    checkout::{Checkout, Commits},
    dumps::{KINDS, MEMBERS, Situation, all_dumps},
    support::{COMMIT, bbstatus, folder, run},
};

/// Replaces the placeholders of hashes and folders.
fn expand(text: &str, commits: &Commits, files: &Path) -> String {
    let files = files.to_str().unwrap().replace('\\', "/");
    let mut text = text.replace("{files}", &files);
    for (name, hash) in [("head", &commits.head), ("target", &commits.target), ("merge", &commits.merge)] {
        text = text.replace(&format!("{{{name}}}"), hash);
        for digits in [7, 12] {
            text = text.replace(&format!("{{{name}:{digits}}}"), &hash[..digits]);
        }
    }
    text
}

/// The checkouts; each kind is made once, since no test changes it.
#[derive(Default)]
struct Checkouts(BTreeMap<(String, BTreeMap<String, String>), Checkout>);

impl Checkouts {
    fn of(&mut self, situation: &Situation) -> Option<&Checkout> {
        if situation.checkout == "none" {
            return None;
        }
        let (kind, number) = ((situation.checkout.clone(), situation.remotes.clone()), self.0.len());
        let make = || checkout(situation, folder(&format!("ci-checkout-{number}")));
        Some(self.0.entry(kind).or_insert_with(make))
    }
}

fn checkout(situation: &Situation, folder: PathBuf) -> Checkout {
    let checkout = match situation.checkout.as_str() {
        "other" => Checkout::other(folder),
        "head" => Checkout::of(folder, |commits| &commits.head),
        "target" => Checkout::of(folder, |commits| &commits.target),
        "merge" => Checkout::of(folder, |commits| &commits.merge),
        "pushed merge" => {
            let checkout = Checkout::of(folder, |commits| &commits.merge);
            checkout.git(&["update-ref", "refs/remotes/origin/main", &checkout.commits.merge]);
            checkout
        }
        other => panic!("no such checkout: {other}"),
    };
    if situation.remotes.is_empty() {
        checkout.add_remote("origin", "https://git.example.com/mirrors/rocket.git");
    }
    for (name, address) in &situation.remotes {
        checkout.add_remote(name, address);
    }
    checkout
}

#[test]
fn every_dump_is_read_as_expected() {
    let (mut checkouts, commits, mut wrong) = (Checkouts::default(), Commits::default(), Vec::new());
    for (system, dumps) in all_dumps() {
        let base = folder(&format!("ci-{system}"));
        for (number, situation) in dumps.situation.iter().enumerate() {
            let what = format!("{system}: {} {}", situation.kind, situation.name);
            let files = base.join(number.to_string());
            fs::create_dir_all(&files).unwrap();
            let checkout = checkouts.of(situation);
            let expanded = |text: &str| expand(text, &commits, &files);
            for (name, content) in &situation.files {
                fs::write(files.join(name), expanded(content)).unwrap();
            }
            let mut command = bbstatus(["detect", "--output", "json"]);
            let base = dumps.variables.iter().filter(|(name, _)| !situation.without.contains(name));
            command.envs(base.chain(&situation.variables).map(|(name, value)| (name, expanded(value))));
            if let Some(checkout) = checkout {
                command.current_dir(&checkout.folder).env_remove("GIT_DIR").env("GIT_CONFIG_NOSYSTEM", "1");
            }
            let outcome = run(&mut command);
            assert_eq!(outcome.code, Some(0), "{what}: {outcome:#?}");
            let detected = outcome.json();
            let mut check = |member: &str, expected: &str| {
                let value = detected[member]["value"].as_str().unwrap_or_default();
                if value != expected {
                    wrong.push(format!("{what}: {member}: expected {expected:?}, got {value:?}"));
                }
            };
            check("system", &dumps.system);
            for member in MEMBERS {
                check(member, &expanded(situation.expected.get(member).map_or("", String::as_str)));
            }
            let unknown = situation.expected.keys().find(|member| !MEMBERS.contains(&member.as_str()));
            assert_eq!(unknown, None, "{what}");
            let notes: Vec<_> = outcome.stderr.lines().collect();
            let expected: Vec<_> = situation.notes.iter().map(|note| expanded(note)).collect();
            let is_reported =
                |(note, expected): (&&str, &String)| note.starts_with("note: ") && note.contains(expected.as_str());
            if notes.len() != expected.len() || !notes.iter().zip(&expected).all(is_reported) {
                wrong.push(format!("{what}: notes: expected {expected:#?}, got {notes:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_system_has_a_dump_of_every_kind_with_its_source() {
    let help = run(&mut bbstatus(["detect", "--help"])).done().stdout;
    let known = help.split("whose variables are known:").nth(1).unwrap().trim().trim_end_matches('.');
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut known: Vec<_> = known.split(',').map(words).collect();
    known.sort();
    let dumps = all_dumps();
    let mut with_dumps: Vec<_> = dumps.iter().map(|(_, dumps)| dumps.system.clone()).collect();
    with_dumps.sort();
    assert_eq!(known, with_dumps);
    for (system, dumps) in dumps {
        assert!(dumps.sources.iter().any(|source| source.starts_with("https://")), "{system}");
        for kind in KINDS {
            assert!(dumps.situation.iter().any(|situation| situation.kind == kind), "{system}: {kind}");
        }
        let other =
            dumps.situation.iter().find(|situation| situation.kind != "other" && !KINDS.contains(&&*situation.kind));
        assert!(other.is_none_or(|situation| panic!("{system}: {}", situation.kind)));
    }
}

#[test]
fn no_status_is_reported_for_a_merge_whose_head_is_unknown() {
    let merge = [("TRAVIS", "true"), ("TRAVIS_PULL_REQUEST", "7"), ("TRAVIS_COMMIT", COMMIT)];
    let set = ["set", "k", "FAILED", "--repo", "acme/rocket", "--dry-run"];
    run(bbstatus(set).envs(merge)).failed(2, "commit: none was given");
    let given = ["detect", "--output", "json", "--commit", COMMIT];
    let detected: Value = run(bbstatus(given).envs(merge)).done().json();
    assert_eq!(detected["commit"]["value"], COMMIT);
}

#[test]
fn without_a_known_system_nothing_is_found() {
    let detected = run(bbstatus(["detect", "--output", "json"]).env("CI", "true")).done();
    let note = "note: git names neither repository nor commit (fatal: not a git repository: '/nonexistent'): pass --repo and --commit\n";
    assert_eq!(detected.stderr, note);
    for member in ["system"].into_iter().chain(MEMBERS) {
        assert!(detected.json()[member].is_null(), "{member}");
    }
}
