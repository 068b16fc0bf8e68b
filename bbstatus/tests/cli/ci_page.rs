//! docs/ci-systems.md, written from the dumps of CI systems.

use std::{fmt::Write as _, fs, path::Path};

use crate::dumps::{Dumps, KINDS, MEMBERS, Situation, all_dumps};

#[test]
fn the_page_about_ci_systems_shows_the_dumps() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ci-systems.md");
    let mut systems: Vec<_> = all_dumps().into_iter().map(|(_, dumps)| dumps).collect();
    systems.sort_by_key(|dumps| dumps.system.to_lowercase());
    let mut page = String::new();
    render(&mut page, &systems).unwrap();
    // Set by `cargo xtask docs`.
    if std::env::var_os("WRITE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap();
    let difference = written.lines().zip(page.lines()).find(|(written, expected)| written != expected);
    assert!(written == page, "run: cargo xtask docs; the first difference: {difference:?}");
}

impl Situation {
    fn value(&self, member: &str) -> &str {
        self.expected.get(member).map_or("", String::as_str)
    }
}

fn render(page: &mut String, systems: &[Dumps]) -> std::fmt::Result {
    page.push_str(INTRODUCTION);
    writeln!(page, "| system | {} |\n|{}", KINDS.join(" | "), " --- |".repeat(KINDS.len() + 1))?;
    for dumps in systems {
        let cells = KINDS.map(|kind| {
            let situation = dumps.situation.iter().find(|situation| situation.kind == kind);
            situation.map_or_else(|| "-".to_owned(), overview)
        });
        let anchor = dumps.system.to_lowercase().replace(' ', "-");
        writeln!(page, "| [{}](#{anchor}) | {} |", dumps.system, cells.join(" | "))?;
    }
    for dumps in systems {
        writeln!(page, "\n## {}\n", dumps.system)?;
        for source in &dumps.sources {
            writeln!(page, "- <{source}>")?;
        }
        let headings = MEMBERS.map(|member| member.replace("build_number", "number").replace('_', " ")).join(" | ");
        writeln!(page, "\n| situation | checked out | {headings} |\n|{}", " --- |".repeat(MEMBERS.len() + 2))?;
        let mut notes = Vec::new();
        for situation in &dumps.situation {
            let values = MEMBERS.map(|member| cell(situation.value(member)));
            let marks: String = situation.notes.iter().map(|note| mark(&mut notes, note)).collect();
            writeln!(page, "| {}{marks} | {} | {} |", what(situation), situation.checkout, values.join(" | "))?;
        }
        for (number, note) in notes.iter().enumerate() {
            let begins = if number == 0 { "\n" } else { "" };
            writeln!(page, "{begins}{}. {}", number + 1, symbols(note))?;
        }
    }
    Ok(())
}

/// The number of a note; the same note has the same number.
fn mark(notes: &mut Vec<String>, note: &str) -> String {
    let index = notes.iter().position(|known| known == note).unwrap_or_else(|| {
        notes.push(note.to_owned());
        notes.len() - 1
    });
    format!(" ({})", index + 1)
}

fn what(situation: &Situation) -> String {
    match (situation.kind.as_str(), situation.name.as_str()) {
        ("other", name) => name.to_owned(),
        (kind, "") => kind.to_owned(),
        (kind, name) => format!("{kind}: {name}"),
    }
}

/// Commit and branch, the two that decide where a status is shown.
fn overview(situation: &Situation) -> String {
    match (situation.value("commit"), situation.value("refname")) {
        ("", _) => "a note".to_owned(),
        (commit, "") => symbols(commit),
        (commit, refname) => format!("{}, {}", symbols(commit), cell(refname)),
    }
}

fn cell(value: &str) -> String {
    match value {
        "" => "-".to_owned(),
        value if value.starts_with('{') => symbols(value),
        value => format!("`{value}`"),
    }
}

/// A text with words in place of hashes.
fn symbols(text: &str) -> String {
    let mut text = text.to_owned();
    for name in ["head", "target", "merge"] {
        text = text.replace(&format!("{{{name}}}"), name);
        for digits in [7, 12] {
            text = text.replace(&format!("{{{name}:{digits}}}"), &format!("{name} ({digits} digits)"));
        }
    }
    text
}

const INTRODUCTION: &str = "# What is detected in each CI system\n\n\
Written by `cargo xtask docs` from the dumps in `bbstatus/tests/fixtures/ci/`; a test runs `bbstatus detect` with each of \
them.\n\n\
A dump is what a build has in its environment, according to the documentation of the system and to published dumps. The \
commits are the *head* of a pull request (or of the branch), the *target* that it is to be merged into, and a *merge* of \
both made by the CI system, which Bitbucket does not know. If a value cannot be found, a note on stderr names the variable \
and the option to pass; nothing is guessed:\n\n\
- In a pull request, a variable that names the target is never the refname.\n\
- A repository must be proven to be at Bitbucket Cloud: by an address there, or because the system says so. Owner and name \
alone prove nothing. Without such a variable, a remote of git is used: `origin`, or the only one at Bitbucket.\n\
- In an ssh address, `bitbucket.org-SUFFIX` is Bitbucket. For any other alias from the ssh configuration there is a note, \
and ssh is not started.\n\
- A commit of 7 to 39 digits is expanded by git if it can be.\n\n\
git runs without secrets in its environment, runs no program from its configuration, fetches nothing, and has 10 seconds \
for each command.\n\n\
The overview shows commit and refname in the first situation of each kind:\n\n";
