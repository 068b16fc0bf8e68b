//! Signals and time limits: what is stopped is STOPPED, and nothing is left running.

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
        // A shell would wait for its child before it gives in, so that there is none.
        let begun = bitbucket.begin_reported(&[], "echo begun; exec sleep 60");
        begun.send(signal);
        begun.end().quietly(code);
        let reported = bitbucket.reported();
        assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED"]);
        assert!(reported[1].1.starts_with(&format!("Stopped by {name} after ")), "{reported:?}");
    }
}

/// Whether every process started here inherits that SIGHUP is ignored.
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
fn a_command_that_is_quit_was_stopped() {
    let bitbucket = Bitbucket::start();
    let begun = bitbucket.begin(&[], "echo begun; exec sleep 60");
    begun.send(Signal::QUIT);
    begun.end().quietly(131);
    assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED"]);
}

#[test]
fn a_command_that_stands_still_is_ended_too() {
    let bitbucket = Bitbucket::start();
    let stands_still = "trap 'exit 5' TERM; echo $$; kill -STOP $$; sleep 60";
    let begun = bitbucket.begin(&["--grace", "1h"], stands_still);
    eventually("the standstill", || state(&begun.line).starts_with('T'));
    begun.send(Signal::TERM);
    begun.end().quietly(5);
    bitbucket.run(&["--timeout", "300ms", "--grace", "1h"], stands_still).quietly(124);
}

#[test]
fn the_exit_code_of_a_command_that_tidies_up_is_kept() {
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
fn a_command_that_takes_too_long_is_ended_and_the_exit_code_says_so() {
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
fn the_children_of_the_command_are_reached() {
    let bitbucket = Bitbucket::start();
    let begun = bitbucket.begin(&[], "sleep 60 & echo $!; wait");
    let child = begun.line.clone();
    assert!(lives(&child));
    begun.send(Signal::TERM);
    begun.end().quietly(143);
    eventually("the child's end", || !lives(&child));
}

#[test]
fn children_that_ignore_the_signal_are_killed_after_the_grace_period() {
    let bitbucket = Bitbucket::start();
    let deaf = "sh -c 'trap \"\" TERM; echo $$; exec sleep 60 >/dev/null 2>&1' & wait";
    let begun = bitbucket.begin(&["--grace", "300ms"], deaf);
    let child = begun.line.clone();
    begun.send(Signal::TERM);
    begun.end().quietly(143);
    eventually("the child's end", || !lives(&child));
}

/// As in a container whose first process does not reap the orphans that it adopts.
#[cfg(target_os = "linux")]
#[test]
fn what_has_ended_is_not_waited_for_even_if_no_process_reaps_it() {
    crate::support::in_a_process_that_adopts_orphans(
        "stopping::what_has_ended_is_not_waited_for_even_if_no_process_reaps_it",
        || {
            let bitbucket = Bitbucket::start();
            // It would outlast the patience of this test.
            let begun = bitbucket.begin(&["--grace", "1h"], "sleep 60 & echo $!; wait");
            begun.send(Signal::TERM);
            begun.end().quietly(143);
        },
    );
}

#[test]
fn what_a_command_leaves_behind_on_purpose_is_left_alone() {
    let bitbucket = Bitbucket::start();
    let ended = bitbucket.run(&[], "sleep 60 >/dev/null 2>&1 & echo $!");
    ended.quietly(0);
    assert!(lives(&ended.stdout));
    std::process::Command::new("kill").arg(&ended.stdout).status().unwrap();
}

/// `nohup` has SIGHUP ignored, on purpose. That a shell without job control has its background jobs ignore an interrupt is
/// no reason to leave a build in progress.
#[test]
fn nohup_is_respected_and_a_background_job_can_be_interrupted() {
    for (name, code, state) in [("HUP", 4, "FAILED"), ("INT", 130, "STOPPED"), ("QUIT", 131, "STOPPED")] {
        let bitbucket = Bitbucket::start();
        let ignore = format!("trap '' {name}; exec \"$0\" \"$@\"");
        // It is stopped by a signal of its own, or ends with code 4 where that is ignored.
        let script = format!("echo begun; read line; kill -{name} $PPID; kill -{name} $$; exit 4");
        let mut begun = Begun::start(&mut bitbucket.run_command_by(&["sh", "-c", &ignore], &["-v"], &script));
        begun.wait_for_response();
        begun.write("go on");
        assert_eq!(begun.end().code, Some(code), "{name}");
        assert_eq!(bitbucket.states(), ["INPROGRESS", state], "{name}");
    }
}

/// Perl and old init systems have it ignored to have no zombies. Then the system keeps no exit code.
#[test]
fn the_end_of_the_command_is_known_although_a_parent_ignores_sigchld() {
    let bitbucket = Bitbucket::start();
    for (script, code) in [("exit 0", 0), ("exit 3", 3), ("kill -KILL $$", 137)] {
        let starter = ["sh", "-c", "trap '' CHLD; exec \"$0\" \"$@\""];
        Begun::start(&mut bitbucket.run_command_by(&starter, &[], script)).end().quietly(code);
    }
    assert_eq!(bitbucket.states(), ["INPROGRESS", "SUCCESSFUL", "INPROGRESS", "FAILED", "INPROGRESS", "FAILED"]);
}
