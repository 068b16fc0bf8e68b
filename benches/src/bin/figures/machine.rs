//! The machine and the versions for which the figures are valid.

use crate::{programs::cargo, run::printed};
use std::{fs, path::Path, process::Command};

/// Where the figures of the page were measured.
pub(crate) struct Machine {
    pub(crate) date: String,
    /// Name and value of each fact.
    pub(crate) facts: Vec<(&'static str, String)>,
}

impl Machine {
    /// Collects the facts about this machine that can be read.
    pub(crate) fn here(root: &Path) -> Self {
        let first_line = |program: &str, argument: &str| {
            let text = printed(Command::new(program).arg(argument)).ok()?;
            text.lines().next().map(str::to_owned)
        };
        let facts = [
            ("processor", processor()),
            ("memory", memory()),
            ("system", first_line("uname", "-sr")),
            ("Rust", first_line("rustc", "--version")),
            ("curl", first_line("curl", "--version").map(|line| line.chars().take_while(|c| *c != '(').collect())),
            ("valgrind", first_line("valgrind", "--version")),
            ("crates", versions(root)),
        ];
        let known = facts.into_iter().filter_map(|(name, value)| Some((name, value?.trim().to_owned())));
        Self { date: chrono::Utc::now().format("%Y-%m-%d").to_string(), facts: known.collect() }
    }
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "))?.1;
    let count = std::thread::available_parallelism().ok()?;
    Some(format!("{model}, {count} logical processors"))
}

fn memory() -> Option<String> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let kilobytes = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = kilobytes.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(format!("{} GB", kilobytes / 1_000_000))
}

/// The versions of the crates that influence the figures most.
fn versions(root: &Path) -> Option<String> {
    let mut command = cargo(root);
    command.args(["tree", "--locked", "--package", "benches", "--depth", "1", "--prefix", "none", "--format", "{p}"]);
    let tree = printed(&mut command).ok()?;
    let decisive = ["reqwest ", "hyper ", "tokio ", "rustls ", "serde_json "];
    let lines = tree.lines().filter(|line| decisive.iter().any(|name| line.starts_with(name)));
    Some(lines.collect::<Vec<_>>().join(", "))
}
