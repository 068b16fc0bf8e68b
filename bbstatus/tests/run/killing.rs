//! A CI system that stops a build kills what remains after a while: nothing survives, and the status is STOPPED.

use std::process::Command;

use rustix::process::Signal;

#[cfg(target_os = "linux")]
use crate::support::in_a_process_that_adopts_orphans;
use crate::support::{Begun, Bitbucket, eventually, group, lives, state};

const BBSTATUS: &str = env!("CARGO_BIN_EXE_bbstatus");
/// Prints its process identifier, and ends only by SIGKILL.
const IGNORES_SIGNALS: &str = "trap '' TERM HUP INT; echo $$; while :; do sleep 1; done";
/// Prints its process identifier, and stops its process group, including the watchdog.
const STOPPED_GROUP: &str = "trap '' HUP; echo $$; kill -STOP 0; sleep 700";

/// Waits until all processes whose identifiers are in this line have ended.
#[track_caller]
fn all_end(line: &str) {
    assert_ne!(line, "");
    for process in line.split(' ') {
        eventually(&format!("the end of {process}"), || !lives(process));
    }
}

#[test]
fn nothing_in_the_group_survives_if_bbstatus_is_killed() {
    let table = [
        ("a command that ignores signals", IGNORES_SIGNALS),
        ("its children", "sh -c 'sleep 700 & echo $$ $!; wait'; true"),
        ("an orphan", "sh -c 'sleep 700 >/dev/null 2>&1 & echo $!'; sleep 700"),
        ("a stopped command", "echo $$; kill -STOP $$; sleep 700"),
        ("a stopped group", STOPPED_GROUP),
        (
            "a command whose first act is to signal its own group",
            "trap '' TERM HUP INT USR1; kill -TERM 0; kill -HUP 0; kill -INT 0; kill -USR1 0; echo $$; sleep 700",
        ),
    ];
    for (name, script) in table {
        for kills in [Begun::send, Begun::send_to_group] {
            let bitbucket = Bitbucket::start();
            let begun = bitbucket.begin(&[], script);
            if script.contains("STOP") {
                eventually("the stop", || state(&begun.line).starts_with('T'));
            }
            let processes = begun.line.clone();
            assert!(processes.split(' ').all(lives), "{name}");
            kills(&begun, Signal::KILL);
            // The output ends: no process holds the pipes open.
            assert_eq!(begun.end().code, None, "{name}");
            all_end(&processes);
        }
    }
}

#[test]
fn nothing_survives_if_the_outermost_of_nested_runs_is_killed() {
    let run = [BBSTATUS, "run", "unit-tests", "--"];
    for depth in [1, 2] {
        let bitbucket = Bitbucket::start();
        let begun = Begun::start(&mut bitbucket.run_command_by(&run.repeat(depth), &[], IGNORES_SIGNALS));
        let processes = begun.line.clone();
        begun.send(Signal::KILL);
        begun.end();
        all_end(&processes);
    }
}

#[test]
fn stopped_is_reported_before_a_runner_kills_everything() {
    // Until the command is killed by `bbstatus` itself the test would be over.
    let bitbucket = Bitbucket::start();
    let begun = bitbucket.begin_reported(&["--grace", "1h"], IGNORES_SIGNALS);
    begun.send_to_group(Signal::TERM);
    bitbucket.wait_for("STOPPED");
    let processes = begun.line.clone();
    assert!(lives(&processes));
    begun.send_to_group(Signal::KILL);
    begun.end();
    all_end(&processes);
    assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED"]);
}

#[test]
fn a_second_signal_kills_at_once() {
    // GitHub sends SIGINT, and SIGTERM 7.5 seconds later.
    for (first, second, name) in [(Signal::INT, Signal::TERM, "SIGINT"), (Signal::TERM, Signal::TERM, "SIGTERM")] {
        let bitbucket = Bitbucket::start();
        let mut begun = bitbucket.begin_reported(&["--grace", "1h"], IGNORES_SIGNALS);
        begun.send(first);
        bitbucket.wait_for("STOPPED");
        assert!(lives(&begun.line));
        begun.insist(second);
        let processes = begun.line.clone();
        begun.end().quietly(137);
        all_end(&processes);
        let reported = bitbucket.reported();
        assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED"]);
        assert!(reported[1].1.starts_with(&format!("Stopped by {name} after ")), "{reported:?}");
    }
}

/// `timeout` signals `bbstatus`, and immediately afterwards the group that both are in. This counts as one signal, and
/// leaves the command its grace period.
#[test]
fn nothing_survives_under_timeout_which_sends_each_signal_twice() {
    if Command::new("timeout").arg("--version").output().is_err() {
        println!("nothing_survives_under_timeout_which_sends_each_signal_twice is skipped: there is no timeout");
        return;
    }
    let bitbucket = Bitbucket::start();
    let starter = ["timeout", "-k", "60", "3"];
    let tidies_up = "trap 'sleep 0.5; echo tidy; exit 5' TERM; echo begun; while :; do sleep 0.05; done";
    let ended = Begun::start(&mut bitbucket.run_command_by(&starter, &[], tidies_up)).end();
    assert_eq!((ended.code, &*ended.stdout), (Some(124), "begun\ntidy"), "{ended:#?}");

    let starter = ["timeout", "-k", "4", "3"];
    let begun = Begun::start(&mut bitbucket.run_command_by(&starter, &["--grace", "1h"], IGNORES_SIGNALS));
    let processes = begun.line.clone();
    assert_eq!(begun.end().code, None);
    all_end(&processes);
    assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED"].repeat(2));
}

/// As the first process of a container, which adopts every orphan.
#[cfg(target_os = "linux")]
#[test]
fn as_the_first_process_it_reaps_orphans_and_nothing_else() {
    let starter = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
    let is_permitted = Command::new(starter[0]).args(&starter[1..]).arg("true").output();
    if !is_permitted.is_ok_and(|output| output.status.success()) {
        println!("as_the_first_process_it_reaps_orphans_and_nothing_else is skipped: no namespace can be made here");
        return;
    }
    let bitbucket = Bitbucket::start();
    // Each orphan ends at once. If it is not reaped, the script waits forever.
    let script = "for n in 1 2 3; do orphan=$(sh -c 'sh -c \"exit 0\" >/dev/null & echo $!'); \
                  while [ -e /proc/$orphan ]; do sleep 0.05; done; echo reaped; done; exit 4";
    let ended = Begun::start(&mut bitbucket.run_command_by(&starter, &[], script)).end();
    ended.quietly(4);
    assert_eq!(ended.stdout, "reaped\nreaped\nreaped");
    assert_eq!(bitbucket.states().last().unwrap(), "FAILED");

    // `unshare` ends the first process of the namespace, and the system everything else in it.
    let begun = Begun::start(&mut bitbucket.run_command_by(&starter, &[], "echo begun; exec sleep 700"));
    begun.send(Signal::KILL);
    assert_eq!(begun.end().code, None);
}

#[test]
fn background_processes_of_a_command_that_ended_survive_even_if_bbstatus_is_killed_later() {
    let bitbucket = Bitbucket::down();
    let begun = bitbucket.begin(&["-v"], "sleep 60 >/dev/null 2>&1 & echo $!");
    // The command has ended, but its final state cannot be reported.
    begun.wait_for_message("\"state\":\"SUCCESSFUL\"");
    let left = begun.line.clone();
    let watchdog = group(&left);
    begun.send(Signal::KILL);
    assert_eq!(begun.end().code, None);
    all_end(&watchdog);
    assert!(lives(&left));
    Command::new("kill").arg(&left).status().unwrap();
}

/// A background process that holds the output open and ends only by SIGKILL. Prints its process identifier.
const LEFT: &str = "sh -c 'trap \"\" TERM; echo $$; exec sleep 700' &";

#[test]
fn a_second_signal_cuts_the_final_report_short_and_kills_background_processes() {
    let bitbucket = Bitbucket::down();
    let mut begun = bitbucket.begin(&["-v"], &format!("{LEFT} exit 3"));
    begun.wait_for_message("\"state\":\"FAILED\"");
    let left = begun.line.clone();
    assert!(lives(&left));
    begun.insist(Signal::TERM);
    let output = begun.end();
    all_end(&left);
    assert_eq!(output.code, Some(3), "{output:#?}");
    assert!(output.stderr.contains("warning: unit-tests was not reported as FAILED: interrupted"), "{output:#?}");
}

#[test]
fn a_second_signal_kills_the_remaining_processes_of_a_stopped_command() {
    let bitbucket = Bitbucket::start();
    let mut begun = bitbucket.begin_reported(&["--grace", "1h"], &format!("{LEFT} wait"));
    begun.insist(Signal::TERM);
    let left = begun.line.clone();
    begun.end().quietly(143);
    all_end(&left);
    assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED"]);
}

/// The system continues a stopped group that is orphaned, but only if the process that adopts its members is in another
/// session. The first process of a container often is in the same one.
#[cfg(target_os = "linux")]
#[test]
fn a_stopped_group_is_killed_even_if_a_process_of_the_same_session_adopts_it() {
    in_a_process_that_adopts_orphans(
        "killing::a_stopped_group_is_killed_even_if_a_process_of_the_same_session_adopts_it",
        || {
            let bitbucket = Bitbucket::start();
            let begun = bitbucket.begin(&[], STOPPED_GROUP);
            eventually("the stop", || state(&begun.line).starts_with('T'));
            let processes = begun.line.clone();
            let watchdog = group(&processes);
            eventually("the stop of the watchdog", || state(&watchdog).starts_with('T'));
            begun.send(Signal::KILL);
            assert_eq!(begun.end().code, None);
            all_end(&processes);
        },
    );
}
