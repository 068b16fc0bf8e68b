//! How each kind of outage delays a job of `bbstatus run`: `cargo run -p benches --bin outages` writes docs/outages.md.
//! It needs Linux and about two minutes.

mod server;

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use server::Server;

const PAGE: &str = "docs/outages.md";
/// The duration of the job's command.
const JOB: Duration = Duration::from_secs(5);
/// The time after which a job is aborted.
const ABORTED_AFTER: Duration = Duration::from_secs(3);
/// How often the delay from the signal to the request is measured.
const SIGNALS: usize = 100;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A kind of outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outage {
    None,
    Slow,
    Silent,
    Refuses,
    DropsSyn,
    Unavailable,
    RateLimited,
    RateLimitedFor,
    Unauthorized,
    TokenDown,
}

const OUTAGES: [(Outage, &str); 9] = [
    (Outage::Slow, "3 s for each response"),
    (Outage::Silent, "never responds"),
    (Outage::Refuses, "refuses connections"),
    (Outage::DropsSyn, "does not respond to connections (SYN dropped)"),
    (Outage::Unavailable, "503"),
    (Outage::RateLimited, "429 without `Retry-After`"),
    (Outage::RateLimitedFor, "429 with `Retry-After: 20`"),
    (Outage::Unauthorized, "401"),
    (Outage::TokenDown, "503 from the token endpoint"),
];

/// The start and end of an outage, in seconds since the start of the job.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    from: u64,
    to: u64,
}

impl Window {
    pub(crate) fn contains(self, elapsed: Duration) -> bool {
        (Duration::from_secs(self.from)..Duration::from_secs(self.to)).contains(&elapsed)
    }
}

const WINDOWS: [(Window, &str); 4] = [
    (Window { from: 0, to: 3 }, "until 3 s after the start"),
    (Window { from: 1, to: 4 }, "during the command, from 1 s to 4 s"),
    (Window { from: 4, to: 15 }, "from 4 s, until 10 s after the command's end"),
    (Window { from: 0, to: 3600 }, "all the time"),
];

/// A job and the outage while it runs.
struct Case {
    outage: Outage,
    outage_name: &'static str,
    window: Window,
    window_name: &'static str,
    is_aborted: bool,
}

impl Case {
    /// The first cells of its row.
    fn name(&self) -> String {
        let aborted = if self.is_aborted { "; aborted after 3 s" } else { "" };
        format!("| {} | {}{aborted} |", self.outage_name, self.window_name)
    }
}

fn cases() -> Vec<Case> {
    let never = Window { from: 0, to: 0 };
    let fine = |is_aborted| Case {
        outage: Outage::None,
        outage_name: "none",
        window: never,
        window_name: "never",
        is_aborted,
    };
    let mut cases = vec![fine(false), fine(true)];
    for (outage, outage_name) in OUTAGES {
        for (window, window_name) in WINDOWS {
            cases.push(Case { outage, outage_name, window, window_name, is_aborted: false });
        }
        let (window, window_name) = WINDOWS[3];
        cases.push(Case { outage, outage_name, window, window_name, is_aborted: true });
    }
    cases
}

/// The outcome of a job.
struct Measured {
    /// The time after the end of the command, or after the signal.
    delay: Duration,
    requests: usize,
    code: Option<i32>,
    shown: Option<String>,
}

fn main() -> Outcome<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no repository")?;
    let bbstatus = build(root)?;
    eprintln!("measuring the delay from a signal to its request, {SIGNALS} times");
    let delays = delays(&bbstatus)?;
    eprintln!("running {} jobs at the same time", cases().len());
    let jobs: Vec<_> = cases()
        .into_iter()
        .map(|case| {
            let bbstatus = bbstatus.clone();
            thread::spawn(move || measure(&bbstatus, &case).map_err(|error| error.to_string()).map(|done| (case, done)))
        })
        .collect();
    let mut rows = Vec::new();
    for job in jobs {
        rows.push(job.join().map_err(|_| "a job panicked")??);
    }
    fs::write(root.join(PAGE), page(&rows, &delays))?;
    Ok(())
}

fn build(root: &Path) -> Outcome<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo).args(["build", "--quiet", "--package", "bbstatus"]).current_dir(root).status()?;
    if !status.success() {
        return Err("bbstatus does not build".into());
    }
    Ok(std::env::current_exe()?.with_file_name("bbstatus"))
}

/// Starts a job that reports to this server.
fn start(bbstatus: &Path, server: &Server, outage: Outage, command: &[&str]) -> Outcome<Child> {
    let mut job = Command::new(bbstatus);
    job.args(["run", "unit-tests", "--"]).args(command).env_clear();
    for name in ["PATH", "HOME"] {
        job.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    job.envs([
        ("BBSTATUS_API_URL", format!("http://{}/2.0", server.address)),
        ("BBSTATUS_OAUTH_TOKEN_URL", format!("http://{}/token", server.address)),
        ("BBSTATUS_REPO", "acme/rocket".to_owned()),
        ("BBSTATUS_COMMIT", "e10dae226959c2194f2b07b077c07762d93821cf".to_owned()),
        ("BBSTATUS_URL", "https://ci.example.com/builds/42".to_owned()),
    ]);
    if outage == Outage::TokenDown {
        job.envs([("BITBUCKET_CLIENT_ID", "id"), ("BITBUCKET_CLIENT_SECRET", "secret")]);
    } else {
        job.env("BITBUCKET_TOKEN", "t0ken");
    }
    Ok(job.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
}

#[cfg(unix)]
fn terminate(job: &mut Child) -> std::io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process};

    Ok(kill_process(Pid::from_child(job), Signal::TERM)?)
}

#[cfg(not(unix))]
fn terminate(job: &mut Child) -> std::io::Result<()> {
    job.kill()
}

fn measure(bbstatus: &Path, case: &Case) -> Outcome<Measured> {
    let server = Server::start(case.outage, case.window)?;
    let started = Instant::now();
    let seconds = JOB.as_secs().to_string();
    let mut job = start(bbstatus, &server, case.outage, &["sleep", &seconds])?;
    let mut own = JOB;
    if case.is_aborted {
        own = ABORTED_AFTER;
        thread::sleep(ABORTED_AFTER);
        terminate(&mut job)?;
    }
    let status = job.wait()?;
    let delay = started.elapsed().saturating_sub(own);
    // A report in flight arrives, or is lost.
    thread::sleep(Duration::from_secs(4));
    let record = server.record();
    Ok(Measured { delay, requests: record.requests, code: status.code(), shown: record.shown })
}

/// The delays from SIGTERM to the arrival of STOPPED, in order.
fn delays(bbstatus: &Path) -> Outcome<Vec<Duration>> {
    let mut delays = Vec::new();
    for _ in 0..SIGNALS {
        let server = Server::start(Outage::None, Window { from: 0, to: 0 })?;
        let mut job = start(bbstatus, &server, Outage::None, &["sleep", "60"])?;
        while server.record().responded == 0 {
            thread::sleep(Duration::from_millis(1));
        }
        let sent = Instant::now();
        terminate(&mut job)?;
        job.wait()?;
        let stopped = server.record().arrived.into_iter().find(|(_, state)| state == "STOPPED");
        let (arrived, _) = stopped.ok_or("STOPPED did not arrive")?;
        delays.push(arrived.duration_since(sent));
    }
    delays.sort();
    Ok(delays)
}

fn page(rows: &[(Case, Measured)], delays: &[Duration]) -> String {
    let millis = |delay: Option<&Duration>| delay.map_or(0.0, |delay| delay.as_secs_f64() * 1000.0);
    let (median, longest) = (millis(delays.get(delays.len() / 2)), millis(delays.last()));
    let mut text = format!(
        "# How an outage of Bitbucket affects a job

Written by `cargo run -p benches --bin outages`; do not edit. Each row is one run of

```sh
bbstatus run unit-tests -- sleep 5
```

with default settings, against a server on this machine that fails in one way for some time. *Delay* is how much longer
the job takes than the 5 s of the command or, if it is aborted, how long it continues after the signal (SIGTERM to
`bbstatus`, 3 s after the start). *Requests* counts those that arrive at the server, including those for a token. Because of
jitter, another run differs by some seconds and requests.

* The command starts at once and is never interrupted by an outage. Its exit code is returned unchanged.
* INPROGRESS is retried until it arrives or the command ends.
* The final state is retried for twice `--request-timeout`, 60 s by default; `--report-timeout` sets another limit. If the
  outcome of an earlier report is unknown (a timeout or a reset), the final state is written again once that report can no
  longer be applied: 10 s after it was abandoned (or `--request-timeout`, if that is shorter).
* A signal decides the state: STOPPED is sent at once, here {median:.1} ms after the signal (the median of {count}; the longest
  {longest:.1} ms), and is retried for 5 s, or until the command has
  ended if that is later.
* A failure for which a retry does not help (401) causes a warning at once. One that lasts longer than 2 s causes one note.

| Bitbucket | when | delay | requests | exit code | Bitbucket shows |
| --- | --- | --- | --- | --- | --- |
",
        count = delays.len(),
    );
    for (case, measured) in rows {
        let delay = match measured.delay {
            delay if delay < Duration::from_millis(500) => "none".to_owned(),
            delay => format!("{:.0} s", delay.as_secs_f64()),
        };
        let code = measured.code.map_or_else(|| "none".to_owned(), |code| code.to_string());
        let shown = measured.shown.as_deref().unwrap_or("nothing");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{} {delay} | {} | {code} | {shown} |", case.name(), measured.requests);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::{PAGE, cases};

    #[test]
    fn the_page_has_a_row_for_each_case_and_no_other() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let page = fs::read_to_string(root.join(PAGE)).unwrap();
        let rows: Vec<&str> = page.lines().skip_while(|line| !line.starts_with("| ---")).skip(1).collect();
        let cases = cases();
        assert_eq!(rows.len(), cases.len(), "run: cargo run -p benches --bin outages");
        for (row, case) in rows.iter().zip(cases) {
            assert!(row.starts_with(&case.name()), "{row}: run: cargo run -p benches --bin outages");
        }
    }
}
