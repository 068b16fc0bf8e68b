//! Measures this project side by side with alternatives: `cargo run -p benches`.
//!
//! A missed target does not fail a run: figures depend on the machine and its load. The page marks each missed target.

mod apply;
mod build;
mod call;
mod document;
mod figure;
mod instructions;
mod machine;
mod page;
mod process;
mod programs;
mod run;
mod sandbox;
mod size;
mod statistics;

use std::{
    cell::OnceCell,
    error::Error,
    path::{Path, PathBuf},
};

use clap::Parser;
use figure::Section;
use programs::Programs;
use tempfile::TempDir;

/// The page with the figures.
const PAGE: &str = "docs/performance.md";

/// The result of each part of this program.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// Measures the figures of docs/performance.md; `all` rewrites that page.
#[derive(Parser)]
struct Arguments {
    /// What to measure.
    #[arg(value_enum, default_value = "all")]
    part: Part,
    /// The number of times that each cold build runs.
    #[arg(long, default_value_t = 1)]
    runs: usize,
    /// The number of interleaved rounds of calls and processes.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// The full published document that `document` reads.
    #[arg(long, default_value = "target/swagger.v3.json")]
    document: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// One update and one get, 1 and 16 at a time, against the same calls by hand on reqwest and on bare hyper.
    Call,
    /// The instructions of these calls under callgrind.
    Instructions,
    /// `bbstatus update` against curl, as processes (hyperfine).
    Process,
    /// `bbstatus apply` of 1,000, 10,000 and 100,000 statuses, and of 200 while the service is down.
    Apply,
    /// The start, the memory and the throughput of `bbstatus sandbox`.
    Sandbox,
    /// Cold builds of a crate that depends on this one.
    Build,
    /// The release binary, and the crates of the tree.
    Size,
    /// Generation from the document, and `spec diff` of the full published document.
    Document,
    /// Everything, written to docs/performance.md.
    All,
}

type Measure = fn(&Bench) -> Outcome<Section>;

/// The parts, in the order of the page.
const PARTS: [(Part, Measure); 8] = [
    (Part::Call, call::measure),
    (Part::Instructions, instructions::measure),
    (Part::Process, process::measure),
    (Part::Apply, apply::measure),
    (Part::Sandbox, sandbox::measure),
    (Part::Build, build::measure),
    (Part::Size, size::measure),
    (Part::Document, document::measure),
];

/// The context of all parts.
struct Bench {
    root: PathBuf,
    scratch: TempDir,
    runs: usize,
    rounds: usize,
    document: PathBuf,
    programs: OnceCell<Programs>,
}

impl Bench {
    /// The release builds, made on first use.
    fn programs(&self) -> Outcome<&Programs> {
        if let Some(programs) = self.programs.get() {
            return Ok(programs);
        }
        let built = Programs::build(&self.root)?;
        Ok(self.programs.get_or_init(|| built))
    }
}

fn main() -> Outcome<()> {
    let Arguments { part, runs, rounds, document } = Arguments::parse();
    if runs == 0 || rounds == 0 {
        return Err("expected at least one run and one round, got 0".into());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let scratch = TempDir::with_prefix("figures-")?;
    let bench = Bench { root, scratch, runs, rounds, document, programs: OnceCell::new() };
    let mut sections = Vec::new();
    for (each, measure) in PARTS {
        if part == each || part == Part::All {
            let section = measure(&bench)?;
            print!("{section}");
            sections.push(section);
        }
    }
    if part == Part::All {
        std::fs::write(bench.root.join(PAGE), page::page(&sections, &machine::Machine::here(&bench.root)))?;
    }
    Ok(())
}

/// Adds the subject to an operating system's error.
fn unusable(what: &str) -> impl FnOnce(std::io::Error) -> Box<dyn Error> + '_ {
    move |error| format!("{what}: {error}").into()
}
