//! Signals and time limits: a stopped command is reported as STOPPED, and nothing is left running.

use rustix::process::Signal;

use crate::support::{Begun, Bitbucket, eventually, lives, state};

#[test]
fn a_signal_is_passed_on_and_stops_the_build() {
    let mut signals = vec![(Signal::INT, "SIGINT", 130), (Signal::TERM, "SIGTERM", 143), (Signal::HUP, "SIGHUP", 129)];
    if hang_ups_are_ignored() {
        println!("SIGHUP is skipped: these tests themselves were started under nohup");
        signals.pop();
    }
    for (signal, name, code) in signals {
        let bitbucket = Bitbucket::start();
        // Without `exec`, the shell would first wait for its child process.
        let begun = bitbucket.begin_reported(&[], "echo begun; exec sleep 60");
        begun.send(signal);
        begun.end().quietly(code);
        let reported = bitbucket.reported();
        assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED"]);
        assert!(reported[1].1.starts_with(&format!("Stopped by {name} after ")), "{reported:?}");
    }
}

/// Whether these tests run with SIGHUP ignored, which child processes inherit.
fn hang_ups_are_ignored() -> bool {
    let survivor = std::process::Command::new("sh").args(["-c", "kill -HUP $$; exit 7"]).status().unwrap();
    survivor.code() == Some(7)
}

#[test]
fn a_signal_that_stops_nothing_by_itself_is_passed_on() {
    for (signal, name) in [(Signal::QUIT, "QUIT"), (Signal::USR1, "USR1"), (Signal::USR2, "USR2")] {
        let bitbucket = Bitbucket::start();
        let goes_on =
            format!("trap 'echo heard; n=1' {name}; echo begun; while [ -z \"$n\" ]; do sleep 0.05; done; exit 0");
        let begun = bitbucket.begin(&["--grace", "100ms"], &goes_on);
        begun.send(signal);
        let ended = begun.end();
        ended.quietly(0);
        assert_eq!(ended.stdout, "begun\nheard");
        assert_eq!(bitbucket.states(), ["INPROGRESS", "SUCCESSFUL"], "{name}");
    }
}

#[test]
fn a_command_that_sigquit_ends_is_stopped() {
    let bitbucket = Bitbucket::start();
    let begun = bitbucket.begin(&[], "echo begun; exec sleep 60");
    begun.send(Signal::QUIT);
    begun.end().quietly(131);
    assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED"]);
}

#[test]
fn a_suspended_command_can_be_stopped() {
    let bitbucket = Bitbucket::start();
    let stands_still = "trap 'exit 5' TERM; echo $$; kill -STOP $$; sleep 60";
    let begun = bitbucket.begin(&["--grace", "1h"], stands_still);
    eventually("the standstill", || state(&begun.line).starts_with('T'));
    begun.send(Signal::TERM);
    begun.end().quietly(5);
    bitbucket.run(&["--timeout", "300ms", "--grace", "1h"], stands_still).quietly(124);
}

#[test]
fn the_exit_code_of_a_command_that_handles_the_signal_is_its_own() {
    let bitbucket = Bitbucket::start();
    let begun =
        bitbucket.begin_reported(&[], "trap 'echo tidy; exit 5' TERM; echo begun; while :; do sleep 0.05; done");
    begun.send(Signal::TERM);
    let ended = begun.end();
    ended.quietly(5);
    assert_eq!(ended.stdout, "begun\ntidy");
    assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED"]);
}

#[test]
fn a_command_that_exceeds_the_timeout_is_stopped_with_exit_code_124() {
    let bitbucket = Bitbucket::start();
    let scripts = [
        "exec sleep 60",
        "trap 'exit 0' TERM; while :; do sleep 0.05; done",
        "trap '' TERM; while :; do sleep 0.05; done",
    ];
    for script in scripts {
        bitbucket.run(&["--timeout", "200ms", "--grace", "300ms"], script).quietly(124);
        let (state, description) = bitbucket.reported().pop().unwrap();
        assert_eq!(state, "STOPPED", "{script}");
        assert!(description.ends_with("Timed out after 200ms"), "{description}");
    }
}

#[test]
fn a_command_that_ignores_the_signal_is_killed_after_the_grace_period() {
    let bitbucket = Bitbucket::start();
    let deaf = "trap '' TERM; echo begun; while :; do sleep 0.05; done";
    let begun = bitbucket.begin_reported(&["--grace", "300ms"], deaf);
    begun.send(Signal::TERM);
    begun.end().quietly(137);
    assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED"]);
}

#[test]
fn child_processes_of_the_command_are_signalled() {
    let bitbucket = Bitbucket::start();
    let begun = bitbucket.begin(&[], "sleep 60 & echo $!; wait");
    let child = begun.line.clone();
    assert!(lives(&child));
    begun.send(Signal::TERM);
    begun.end().quietly(143);
    eventually("the child's end", || !lives(&child));
}

#[test]
fn child_processes_that_ignore_the_signal_are_killed_after_the_grace_period() {
    let bitbucket = Bitbucket::start();
    let deaf = "sh -c 'trap \"\" TERM; echo $$; exec sleep 60 >/dev/null 2>&1' & wait";
    let begun = bitbucket.begin(&["--grace", "300ms"], deaf);
    let child = begun.line.clone();
    begun.send(Signal::TERM);
    begun.end().quietly(143);
    eventually("the child's end", || !lives(&child));
}

/// As in a container whose first process does not reap orphans.
#[cfg(target_os = "linux")]
#[test]
fn zombies_are_not_waited_for() {
    crate::support::in_a_process_that_adopts_orphans("stopping::zombies_are_not_waited_for", || {
        let bitbucket = Bitbucket::start();
        // The grace period is longer than this test waits.
        let begun = bitbucket.begin(&["--grace", "1h"], "sleep 60 & echo $!; wait");
        begun.send(Signal::TERM);
        begun.end().quietly(143);
    });
}

#[test]
fn background_processes_of_a_command_that_ended_survive() {
    let bitbucket = Bitbucket::start();
    let ended = bitbucket.run(&[], "sleep 60 >/dev/null 2>&1 & echo $!");
    ended.quietly(0);
    assert!(lives(&ended.stdout));
    std::process::Command::new("kill").arg(&ended.stdout).status().unwrap();
}

/// `nohup` sets SIGHUP to be ignored, on purpose. A shell without job control sets SIGINT and SIGQUIT to be ignored for
/// background jobs, but then an interrupted build would stay INPROGRESS.
#[test]
fn nohup_is_respected_and_a_background_job_can_be_interrupted() {
    for (name, code, state) in [("HUP", 4, "FAILED"), ("INT", 130, "STOPPED"), ("QUIT", 131, "STOPPED")] {
        let bitbucket = Bitbucket::start();
        let ignore = format!("trap '' {name}; exec \"$0\" \"$@\"");
        // The command is stopped by its own signal, or ends with exit code 4 if that is ignored.
        let script = format!("echo begun; read line; kill -{name} $PPID; kill -{name} $$; exit 4");
        let mut begun = Begun::start(&mut bitbucket.run_command_by(&["sh", "-c", &ignore], &["-v"], &script));
        begun.wait_for_response();
        begun.write("go on");
        assert_eq!(begun.end().code, Some(code), "{name}");
        assert_eq!(bitbucket.states(), ["INPROGRESS", state], "{name}");
    }
}

/// Perl scripts and old init systems ignore it to avoid zombies. Then the system stores no exit code.
#[test]
fn the_exit_code_is_known_even_if_a_parent_process_ignores_sigchld() {
    let bitbucket = Bitbucket::start();
    for (script, code) in [("exit 0", 0), ("exit 3", 3), ("kill -KILL $$", 137)] {
        let starter = ["sh", "-c", "trap '' CHLD; exec \"$0\" \"$@\""];
        Begun::start(&mut bitbucket.run_command_by(&starter, &[], script)).end().quietly(code);
    }
    assert_eq!(bitbucket.states(), ["INPROGRESS", "SUCCESSFUL", "INPROGRESS", "FAILED", "INPROGRESS", "FAILED"]);
}
