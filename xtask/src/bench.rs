//! `cargo xtask bench`: the figures of this project, measured side by side with what they are compared with.
//!
//! No figure fails a run: they depend on the machine and on what else it does. The page names each that was missed.

mod apply;
mod build;
mod call;
mod diff;
mod figure;
mod instructions;
mod machine;
mod page;
mod process;
mod programs;
mod run;
mod size;
mod statistics;

use crate::{Failure, Outcome, repository, write};
use figure::Section;
use programs::Programs;
use std::{cell::OnceCell, path::PathBuf};
use tempfile::TempDir;

/// Where the page with the figures is.
const PAGE: &str = "docs/performance.md";

/// Measures the figures of docs/performance.md; `all` writes that page anew.
#[derive(clap::Args)]
pub struct Arguments {
    /// What to measure.
    #[arg(value_enum, default_value = "all")]
    part: Part,
    /// How often each cold build is repeated.
    #[arg(long, default_value_t = 1)]
    runs: usize,
    /// How many interleaved rounds the calls and processes take.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// The full published document that `diff` reads.
    #[arg(long, default_value = "../shared/upstream/bitbucket-cloud.openapi.json")]
    document: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// One update and one get, 1 and 16 at a time, against the same calls by hand on reqwest and on bare hyper.
    Call,
    /// The instructions of these calls under callgrind.
    Instructions,
    /// `bbstatus update` against curl.
    Process,
    /// Cold builds of a crate that depends on this one.
    Build,
    /// `bbstatus apply` of 1,000, 10,000 and 100,000 statuses.
    Apply,
    /// `spec diff` of the full published document.
    Diff,
    /// The release binary, and the crates of the tree.
    Size,
    /// Everything, written to docs/performance.md.
    All,
}

/// What the parts measure with.
struct Bench {
    root: PathBuf,
    scratch: TempDir,
    runs: usize,
    rounds: usize,
    document: PathBuf,
    programs: OnceCell<Programs>,
}

/// Runs the command.
///
/// # Errors
/// [`Failure::Unusable`] for what cannot be built, started or understood.
pub fn run(arguments: Arguments) -> Outcome {
    let Arguments { part, runs, rounds, document } = arguments;
    if runs == 0 || rounds == 0 {
        return Err(Failure::Unusable("expected at least one run and one round, got 0".into()));
    }
    let scratch = TempDir::with_prefix("bench-").map_err(unusable("a temporary folder"))?;
    let (root, programs) = (repository(), OnceCell::new());
    let bench = Bench { root, scratch, runs, rounds, document, programs };
    let mut sections = Vec::new();
    for (each, measure) in PARTS {
        if part == each || part == Part::All {
            let section = measure(&bench)?;
            print!("{section}");
            sections.push(section);
        }
    }
    if part != Part::All {
        return Ok(());
    }
    let path = bench.root.join(PAGE);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(unusable(PAGE))?;
    }
    write(&path, &page::page(&sections, &machine::Machine::here(&bench.root)))
}

type Measure = fn(&Bench) -> Result<Section, Failure>;

/// The parts, in the order of the page.
const PARTS: [(Part, Measure); 7] = [
    (Part::Call, call::measure),
    (Part::Instructions, instructions::measure),
    (Part::Process, process::measure),
    (Part::Apply, apply::measure),
    (Part::Build, build::measure),
    (Part::Size, size::measure),
    (Part::Diff, diff::measure),
];

impl Bench {
    /// The release builds of what is measured, made on first use.
    fn programs(&self) -> Result<&Programs, Failure> {
        if let Some(programs) = self.programs.get() {
            return Ok(programs);
        }
        let built = Programs::build(&self.root)?;
        Ok(self.programs.get_or_init(|| built))
    }
}

/// Says what an operating-system error was about.
fn unusable(what: &str) -> impl FnOnce(std::io::Error) -> Failure + '_ {
    move |error| Failure::Unusable(format!("{what}: {error}"))
}
