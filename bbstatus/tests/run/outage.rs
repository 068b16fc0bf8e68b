//! Bitbucket is slow, down or against it: the build goes on, and its last state arrives if it can.

use std::{
    thread,
    time::{Duration, Instant},
};

use bitbucket_build_status::sandbox::Fault;
use rustix::process::Signal;

use crate::support::Bitbucket;

#[test]
fn with_bitbucket_down_all_the_time_the_exit_code_is_kept_and_one_warning_said() {
    let bitbucket = Bitbucket::down();
    for (script, code, state) in [("exit 0", 0, "SUCCESSFUL"), ("exit 3", 3, "FAILED")] {
        let ended = bitbucket.run(&["--request-timeout", "1s"], script);
        ended.warned(code, &format!("warning: unit-tests was not reported as {state}: "));
    }
}

#[test]
fn strict_fails_where_the_command_succeeded_and_its_last_report_was_lost() {
    let bitbucket = Bitbucket::down();
    let strict = ["--strict", "--request-timeout", "300ms"];
    bitbucket.run(&strict, "exit 0").warned(1, "SUCCESSFUL");
    bitbucket.run(&strict, "exit 3").warned(3, "FAILED");
    let up = Bitbucket::start();
    up.sandbox().fault(Fault::Html(400));
    up.run(&["--strict"], "exit 0").warned(0, "not reported as INPROGRESS");
    assert_eq!(up.states(), ["SUCCESSFUL"]);
}

#[test]
fn with_bitbucket_down_at_first_the_last_state_arrives() {
    let mut bitbucket = Bitbucket::down();
    let begun = bitbucket.begin(&["--retries", "0"], "echo begun; exit 3");
    thread::sleep(Duration::from_secs(10));
    bitbucket.come_up();
    begun.end().warned(3, "not reported as INPROGRESS");
    assert_eq!(bitbucket.states(), ["FAILED"]);
}

#[test]
fn the_last_report_survives_being_ended() {
    let mut bitbucket = Bitbucket::down();
    let begun = bitbucket.begin(&["--retries", "0"], "echo begun; exec sleep 60");
    for _ in 0..3 {
        begun.send(Signal::TERM);
        thread::sleep(Duration::from_millis(300));
    }
    begun.send(Signal::INT);
    bitbucket.come_up();
    begun.end().warned(143, "not reported as INPROGRESS");
    assert_eq!(bitbucket.states(), ["STOPPED"]);
}

#[test]
fn a_slow_first_report_does_not_delay_the_command_and_never_comes_last() {
    let bitbucket = Bitbucket::start();
    bitbucket.sandbox().fault(Fault::Delay(Duration::from_secs(1)));
    let began = Instant::now();
    let running = bitbucket.begin(&[], "echo begun");
    assert!(began.elapsed() < Duration::from_millis(900), "{:?}", began.elapsed());
    running.end().quietly(0);
    assert_eq!(bitbucket.states(), ["INPROGRESS", "SUCCESSFUL"]);
}

#[test]
fn a_first_report_that_waits_for_its_repeat_gives_way_to_the_last() {
    let bitbucket = Bitbucket::start();
    bitbucket.sandbox().fault(Fault::RateLimited(bitbucket_build_status::sandbox::RetryHint::RetryAfterSeconds(15)));
    let began = Instant::now();
    bitbucket.run(&[], "sleep 0.3").warned(0, "not reported as INPROGRESS");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(bitbucket.states(), ["SUCCESSFUL"]);
}

#[test]
fn a_first_report_that_fails_for_a_moment_is_repeated_while_the_command_runs() {
    let bitbucket = Bitbucket::start();
    bitbucket.sandbox().fault(Fault::Html(503));
    let begun = bitbucket.begin(&[], "echo begun; read line; exec sleep 60 </dev/null");
    bitbucket.wait_for("INPROGRESS");
    begun.send(Signal::TERM);
    begun.end().quietly(143);
    assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED"]);
}

#[test]
fn a_command_runs_where_nothing_can_be_reported() {
    let bitbucket = Bitbucket::start();
    let run = ["run", "unit-tests"];
    for (options, removed, code) in [
        (&[][..], "BITBUCKET_TOKEN", 0),
        (&["--strict"], "BBSTATUS_COMMIT", 1),
        (&["--repo", "no-slug"], "BBSTATUS_REPO", 0),
    ] {
        let arguments = run.iter().chain(options).chain(&["--", "echo", "it runs"]).copied();
        let output = bitbucket.bbstatus(arguments).env_remove(removed).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.starts_with("warning: nothing is reported: "), "{said}");
        assert_eq!((output.status.code(), &*output.stdout), (Some(code), &b"it runs\n"[..]), "{said}");
    }
    assert!(bitbucket.states().is_empty());
}
