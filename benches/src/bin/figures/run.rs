//! Runs and measures programs.

use crate::{Outcome, unusable};
use std::{
    fs::File,
    io::{Read as _, Seek as _},
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};
use wait4::Wait4 as _;

/// The cost of a program from start to end, including all child processes for which it waited.
pub(crate) struct Spent {
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
    /// The peak memory of the program itself, in bytes; 0 if the system does not report it.
    pub(crate) peak: f64,
}

/// How often to read a running program's peak memory. The kernel records the peak, so only one in the last interval can
/// be missed.
const INTERVAL: Duration = Duration::from_millis(5);

/// Runs a program without output and measures its cost.
///
/// # Errors
/// If it cannot be started, or does not end with one of the `accepted` exit codes.
pub(crate) fn measured(command: &mut Command, accepted: &[i32]) -> Outcome<Spent> {
    spend(command, accepted, false)
}

/// Like [`measured`], with the peak memory.
///
/// # Errors
/// Those of [`measured`].
pub(crate) fn measured_with_peak(command: &mut Command) -> Outcome<Spent> {
    spend(command, &[0], true)
}

fn spend(command: &mut Command, accepted: &[i32], watched: bool) -> Outcome<Spent> {
    let name = name(command);
    let mut complaints = tempfile::tempfile().map_err(unusable("a temporary file"))?;
    let stderr = complaints.try_clone().map_err(unusable("a temporary file"))?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
    let began = Instant::now();
    let mut child = command.spawn().map_err(unusable(&name))?;
    let (id, ended) = (child.id(), AtomicBool::new(false));
    let (used, wall, peak) = thread::scope(|scope| {
        let observer = watched.then(|| scope.spawn(|| watch(id, &ended)));
        let used = child.wait4();
        let wall = began.elapsed();
        ended.store(true, Ordering::Relaxed);
        let peak = observer.and_then(|observer| observer.join().ok()).unwrap_or_default();
        (used, wall, peak)
    });
    let used = used.map_err(unusable(&name))?;
    if !used.status.code().is_some_and(|code| accepted.contains(&code)) {
        return Err(format!("{name} ended with {}: {}", used.status, first_line(&mut complaints)).into());
    }
    let cpu = used.rusage.utime + used.rusage.stime;
    Ok(Spent { wall: wall.as_secs_f64(), cpu: cpu.as_secs_f64(), peak })
}

/// The program's name, without its folder.
fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()
}

fn first_line(file: &mut File) -> String {
    let mut text = String::new();
    // If stderr cannot be read, the message is just shorter.
    let _ = file.rewind().and_then(|()| file.read_to_string(&mut text));
    text.trim().lines().next().unwrap_or_default().to_owned()
}

/// Watches a program's peak memory. That of `wait4` is useless: it is never below the peak of the parent process.
fn watch(id: u32, ended: &AtomicBool) -> f64 {
    let mut peak = 0.0;
    while !ended.load(Ordering::Relaxed) {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        peak = high_water(&status).unwrap_or(peak);
        thread::sleep(INTERVAL);
    }
    peak
}

/// Reads the peak memory in bytes from `/proc/…/status`.
pub(crate) fn high_water(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}

/// Runs a program and returns its output.
///
/// # Errors
/// If it cannot be started or fails.
pub(crate) fn printed(command: &mut Command) -> Outcome<String> {
    let name = name(command);
    let output = command.stdin(Stdio::null()).output().map_err(unusable(&name))?;
    if !output.status.success() {
        let complaints = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{name} ended with {}: {}", output.status, complaints.trim()).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program can be started.
pub(crate) fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_read_in_bytes() {
        let status = "Name:\tbbstatus\nVmPeak:\t   90000 kB\nVmHWM:\t    4096 kB\nVmRSS:\t    1024 kB\n";
        assert_eq!(high_water(status), Some(4_194_304.0));
        assert_eq!(high_water("Name:\tbbstatus\n"), None);
    }

    #[test]
    fn a_program_that_fails_is_named_with_what_it_said() {
        let error = measured(Command::new("sh").args(["-c", "echo no such key >&2; echo and more >&2; exit 3"]), &[0]);
        let text = error.err().map(|error| error.to_string()).unwrap_or_default();
        assert_eq!(text, "sh ended with exit status: 3: no such key");
    }

    #[test]
    fn the_processor_time_of_what_a_program_starts_counts() -> Outcome<()> {
        let busy = "sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'; exit 0";
        let spent = measured(Command::new("sh").args(["-c", busy]), &[0])?;
        assert!(spent.cpu > 0.01, "expected the inner shell's time too, got {} s", spent.cpu);
        Ok(())
    }
}
