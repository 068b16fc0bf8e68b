//! A checkout whose configuration names programs: `bbstatus` runs none of them, and git sees no secret.
#![cfg(unix)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    checkout::Checkout,
    support::{bbstatus, folder, isolated, run, write_program},
};

const SECRET: &str = "s3cret";
const MISSING: &str = "0123456789abcdef0123456789abcdef01234567";

/// A checkout with a trap: every program in it leaves a mark when it runs.
struct Trap {
    checkout: Checkout,
    program: PathBuf,
    mark: PathBuf,
    /// The PATH, with a folder of programs that leave the mark in front.
    path: String,
}

impl Trap {
    fn new(test: &str) -> Self {
        let base = folder(&format!("hostile-{test}"));
        let mark = base.join("mark");
        let program = base.join("program");
        let script = format!("#!/bin/sh\nenv >>{}\nexit 1\n", mark.display());
        write_program(&program, &script);
        let programs = base.join("programs");
        fs::create_dir_all(&programs).unwrap();
        for name in ["ssh", "gpg", "less", "git-remote-ext", "git-remote-hostile"] {
            fs::copy(&program, programs.join(name)).unwrap();
        }
        let checkout = Checkout::of(base.join("checkout"), |commits| &commits.merge);
        checkout.add_remote("origin", "ssh://git@bitbucket.org/acme/rocket.git");
        fs::write(checkout.folder.join("file.txt"), "one\n").unwrap();
        checkout.git(&["add", "file.txt"]);
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        Self { checkout, program, mark, path }
    }

    fn configure(&self, settings: &[(&str, &str)]) {
        for (key, value) in settings {
            let value = value.replace("{program}", self.program.to_str().unwrap());
            self.checkout.git(&["config", key, &value]);
        }
    }

    /// Runs every command that runs git, with a secret in the environment, and returns stderr.
    fn spring(&self, folder: &Path) -> String {
        let pull_request = |commit: &str| {
            let variables =
                [("JENKINS_URL", "x"), ("CHANGE_ID", "7"), ("GIT_BRANCH", "origin/main"), ("GIT_COMMIT", commit)];
            variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
        };
        let head = self.checkout.git(&["rev-parse", "HEAD"]);
        let environments =
            [Vec::new(), pull_request(&head), pull_request(&head[..12]), pull_request(MISSING), pull_request("")];
        let mut stderr = String::new();
        for environment in environments {
            for arguments in [&["detect"][..], &["detect", "--commit", "HEAD"], &["detect", "--commit", &head[..12]]] {
                let mut command = bbstatus(arguments.iter().copied());
                command.current_dir(folder).env_remove("GIT_DIR").envs(environment.clone());
                let hostile = self.program.to_str().unwrap();
                for name in
                    ["GIT_SSH_COMMAND", "GIT_SSH", "GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_ASKPASS", "GIT_EDITOR"]
                {
                    command.env(name, hostile);
                }
                command.env("PATH", &self.path).env("BITBUCKET_TOKEN", SECRET);
                stderr.push_str(&run(&mut command).stderr);
            }
        }
        stderr
    }

    #[track_caller]
    fn assert_unsprung(&self, what: &str) {
        assert!(!self.mark.exists(), "{what}: a program has run: {}", fs::read_to_string(&self.mark).unwrap());
    }

    /// Shows that the trap works: plain git runs the program.
    #[track_caller]
    fn assert_set(&self, what: &str, folder: &Path, arguments: &[&str]) {
        let mut git = isolated("git");
        git.current_dir(folder).args(arguments).env("PATH", &self.path).env("GIT_CONFIG_NOSYSTEM", "1");
        let outcome = run(&mut git);
        assert!(self.mark.exists(), "{what}: the program has not run: {outcome:#?}");
    }
}

/// The name of a configuration, its settings, and the git command that would run the program.
type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);

const CONFIGURATIONS: &[Row<'_>] = &[
    ("core.fsmonitor", &[("core.fsmonitor", "{program}")], &["status"]),
    ("core.sshCommand", &[("core.sshCommand", "{program}")], &["fetch", "origin"]),
    (
        "a partial clone",
        &[
            ("core.repositoryFormatVersion", "1"),
            ("extensions.partialClone", "origin"),
            ("remote.origin.promisor", "true"),
            ("remote.origin.partialCloneFilter", "tree:0"),
            ("core.sshCommand", "{program}"),
        ],
        &["cat-file", "-p", MISSING],
    ),
    (
        "a partial clone by a program",
        &[
            ("core.repositoryFormatVersion", "1"),
            ("extensions.partialClone", "origin"),
            ("remote.origin.promisor", "true"),
            ("remote.origin.url", "ext::{program} %S"),
            ("protocol.ext.allow", "always"),
            ("protocol.allow", "always"),
        ],
        &["cat-file", "-p", MISSING],
    ),
    ("diff.external", &[("diff.external", "{program}")], &["diff", "--cached"]),
    (
        "textconv",
        &[("diff.hostile.textconv", "{program}"), ("core.attributesFile", "{program}.attributes")],
        &["diff", "--cached"],
    ),
    (
        "a filter",
        &[
            ("filter.hostile.clean", "{program}"),
            ("filter.hostile.process", "{program}"),
            ("filter.hostile.required", "true"),
            ("core.attributesFile", "{program}.attributes"),
        ],
        &["add", "--renormalize", "."],
    ),
    ("includeIf", &[("includeIf.gitdir:**.path", "{program}.config")], &["status"]),
    ("include.path", &[("include.path", "{program}.config")], &["status"]),
    ("core.hooksPath", &[("core.hooksPath", "{program}.hooks")], &["update-ref", "refs/heads/x", "HEAD"]),
    (
        "aliases",
        &[
            ("alias.rev-parse", "!{program}"),
            ("alias.config", "!{program}"),
            ("alias.cat-file", "!{program}"),
            ("alias.for-each-ref", "!{program}"),
            ("alias.ls-remote", "!{program}"),
            ("alias.hostile", "!{program}"),
        ],
        &["hostile"],
    ),
    (
        "core.alternateRefsCommand",
        &[("core.alternateRefsCommand", "{program}")],
        &["rev-list", "--alternate-refs", "--max-count=1"],
    ),
    ("a remote's helper", &[("remote.origin.vcs", "hostile"), ("protocol.allow", "always")], &["fetch", "origin"]),
    (
        "a remote's uploadpack",
        &[("remote.origin.url", "{program}.repository"), ("remote.origin.uploadpack", "{program}")],
        &["fetch", "origin"],
    ),
    (
        "core.gitProxy",
        &[("remote.origin.url", "git://git.example.com/rocket"), ("core.gitProxy", "{program}")],
        &["fetch", "origin"],
    ),
    // Git starts a pager only for a terminal, which a test does not have.
    ("core.pager", &[("core.pager", "{program}"), ("pager.rev-parse", "true"), ("pager.config", "{program}")], &[]),
    (
        "insteadOf leads to a program",
        &[("url.ext::{program} %S .insteadOf", "ssh://git@bitbucket.org/"), ("protocol.ext.allow", "always")],
        &["ls-remote", "origin"],
    ),
];

#[test]
fn no_program_that_the_configuration_names_is_run() {
    for (number, (what, settings, command)) in CONFIGURATIONS.iter().enumerate() {
        let trap = Trap::new(&number.to_string());
        let program = trap.program.to_str().unwrap();
        fs::write(format!("{program}.attributes"), "*.txt diff=hostile filter=hostile\n").unwrap();
        fs::write(format!("{program}.config"), format!("[core]\n\tfsmonitor = {program}\n")).unwrap();
        let hooks = PathBuf::from(format!("{program}.hooks"));
        fs::create_dir_all(&hooks).unwrap();
        fs::copy(&trap.program, hooks.join("reference-transaction")).unwrap();
        let alternates = trap.checkout.folder.join(".git/objects/info");
        fs::create_dir_all(&alternates).unwrap();
        let other = Checkout::other(trap.program.with_file_name("other"));
        fs::write(alternates.join("alternates"), format!("{}/.git/objects\n", other.folder.display())).unwrap();
        for (key, value) in *settings {
            let key = key.replace("{program}", program);
            trap.configure(&[(&key, value)]);
        }
        trap.spring(&trap.checkout.folder);
        trap.assert_unsprung(what);
        if !command.is_empty() {
            trap.assert_set(what, &trap.checkout.folder, command);
        }
    }
}

#[test]
fn no_signature_of_a_commit_is_checked() {
    let trap = Trap::new("signature");
    let merge = trap.checkout.git(&["cat-file", "commit", &trap.checkout.commits.merge]);
    let signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----\n";
    let (header, message) = merge.split_once("\n\n").unwrap();
    let file = trap.program.with_file_name("commit");
    fs::write(&file, format!("{header}\n{signature}\n{message}\n")).unwrap();
    let signed = trap.checkout.git(&["hash-object", "-t", "commit", "-w", file.to_str().unwrap()]);
    trap.checkout.git(&["update-ref", "--no-deref", "HEAD", &signed]);
    trap.configure(&[
        ("log.showSignature", "true"),
        ("gpg.program", "{program}"),
        ("gpg.openpgp.program", "{program}"),
    ]);
    let stderr = trap.spring(&trap.checkout.folder);
    trap.assert_unsprung("gpg.program");
    assert!(!stderr.contains("GIT_COMMIT may name a merge"), "git has responded: {stderr}");
    trap.assert_set("gpg.program", &trap.checkout.folder, &["log", "-1"]);
}

#[test]
fn a_bare_repository_inside_the_checkout_is_not_trusted() {
    let trap = Trap::new("embedded");
    let embedded = trap.checkout.folder.join("embedded");
    for name in ["objects", "refs"] {
        fs::create_dir_all(embedded.join(name)).unwrap();
    }
    fs::write(embedded.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    let program = trap.program.display();
    let remote = "[remote \"origin\"]\n\turl = git@bitbucket.org:evil/rocket.git\n";
    let core = format!("[core]\n\tbare = true\n\tfsmonitor = {program}\n\tpager = {program}\n");
    let config = format!("{core}[alias]\n\thostile = !{program}\n{remote}");
    fs::write(embedded.join("config"), config).unwrap();
    let mut detect = bbstatus(["detect"]);
    let outcome = run(detect.current_dir(&embedded).env_remove("GIT_DIR")).done();
    assert!(!outcome.stdout.contains("evil"), "{outcome:#?}");
    trap.spring(&embedded);
    trap.assert_unsprung("an embedded repository");
    trap.assert_set("an embedded repository", &embedded, &["hostile"]);
}

#[test]
fn a_git_in_the_checkout_is_not_run() {
    let trap = Trap::new("path");
    fs::copy(&trap.program, trap.checkout.folder.join("git")).unwrap();
    let path = format!(".::{}", std::env::var("PATH").unwrap());
    let mut detect = bbstatus(["detect"]);
    detect.current_dir(&trap.checkout.folder).env_remove("GIT_DIR").env("PATH", &path);
    assert!(run(&mut detect).done().stdout.contains("acme/rocket"));
    trap.assert_unsprung("a relative folder in PATH");
    let mut shell = isolated("/bin/sh");
    run(shell.current_dir(&trap.checkout.folder).env("PATH", &path).args(["-c", "git"]));
    assert!(trap.mark.exists());
}

#[test]
fn git_sees_no_secret() {
    let trap = Trap::new("secrets");
    let real = ["/usr/bin/git", "/bin/git", "/usr/local/bin/git"].into_iter().find(|path| Path::new(path).exists());
    let Some(real) = real else { return };
    let programs = trap.program.with_file_name("wrapped");
    fs::create_dir_all(&programs).unwrap();
    let record = programs.join("record");
    let script = format!("#!/bin/sh\n{{ /usr/bin/env; echo \"$@\"; }} >>{}\nexec {real} \"$@\"\n", record.display());
    write_program(&programs.join("git"), &script);
    trap.checkout.git(&["config", "url.git@bitbucket.org:.insteadOf", "bb:"]);
    let secrets = [
        "BITBUCKET_TOKEN",
        "BITBUCKET_API_TOKEN",
        "BITBUCKET_CLIENT_SECRET",
        "AWS_SECRET_ACCESS_KEY",
        "GIT_CONFIG_VALUE_0",
        "GIT_CONFIG_PARAMETERS",
        "SOME_PASSWORD",
    ];
    let mut detect: Command = bbstatus(["detect"]);
    detect.current_dir(&trap.checkout.folder).env_remove("GIT_DIR").envs(secrets.map(|name| (name, SECRET)));
    detect.envs([("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "http.extraHeader"), ("GIT_BRANCH", "origin/x")]);
    detect.envs([("JENKINS_URL", "x"), ("CHANGE_ID", "7"), ("GIT_COMMIT", trap.checkout.commits.merge.as_str())]);
    detect.env("PATH", format!("{}:{}", programs.display(), std::env::var("PATH").unwrap()));
    let detected = run(&mut detect).done();
    assert!(detected.stdout.contains(&trap.checkout.commits.head), "{detected:#?}");
    let record = fs::read_to_string(record).unwrap();
    assert!(record.contains("rev-parse") && record.contains("GIT_NO_LAZY_FETCH=1"), "{record}");
    assert!(record.lines().any(|line| line == "GIT_ALLOW_PROTOCOL="), "{record}");
    assert!(!record.contains(SECRET), "{record}");
}
