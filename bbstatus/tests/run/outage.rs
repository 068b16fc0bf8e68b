//! Bitbucket is slow, is down or refuses: the build continues, and its final state arrives if possible.

use bitbucket_build_status::{
    State,
    sandbox::{Fault, RetryHint},
};
use rustix::process::Signal;
use test_support::command::CommandOutput;

use crate::support::{Bitbucket, SlowBitbucket, eventually, state};

fn is_start(_: usize, state: &str) -> bool {
    state == "INPROGRESS"
}

/// Runs until it reads a line.
const WAITS: &str = "echo begun; read line";

#[test]
fn if_bitbucket_stays_down_the_exit_code_is_the_commands_and_there_is_one_warning() {
    let bitbucket = Bitbucket::down();
    for (script, code, state) in [("exit 0", 0, "SUCCESSFUL"), ("exit 3", 3, "FAILED")] {
        let ended = bitbucket.run(&["--report-timeout", "1s"], script);
        ended.warned(code, &format!("warning: unit-tests was not reported as {state}: "));
    }
}

#[test]
fn with_strict_a_lost_final_report_is_a_failure_if_the_command_succeeded() {
    let bitbucket = Bitbucket::down();
    let strict = ["--strict", "--report-timeout", "1s"];
    bitbucket.run(&strict, "exit 0").warned(1, "SUCCESSFUL");
    bitbucket.run(&strict, "exit 3").warned(3, "FAILED");
}

#[test]
fn a_permanent_refusal_of_the_first_report_is_a_warning_at_once() {
    let bitbucket = Bitbucket::start();
    bitbucket.sandbox().fault(Fault::Html(400));
    let mut begun = bitbucket.begin(&["--strict"], WAITS);
    begun.wait_for_message("warning: unit-tests was not reported as INPROGRESS: Bitbucket ");
    begun.write("go on");
    begun.end().warned(0, "INPROGRESS");
    assert_eq!(bitbucket.states(), ["SUCCESSFUL"]);
}

#[test]
fn if_bitbucket_is_down_at_first_the_final_state_arrives_later() {
    let mut bitbucket = Bitbucket::down();
    let begun = bitbucket.begin(&["-v"], "echo begun; exit 3");
    begun.wait_for_message("\"state\":\"FAILED\"");
    bitbucket.come_up();
    begun.end().warned(3, "not reported as INPROGRESS");
    assert_eq!(bitbucket.states(), ["FAILED"]);
}

#[test]
fn stopped_is_reported_as_soon_as_bitbucket_is_back_even_if_the_command_still_runs() {
    let mut bitbucket = Bitbucket::down();
    let mut begun = bitbucket.begin(&["-v", "--grace", "1h"], "trap '' TERM; echo begun; read line");
    begun.wait_for_message("\"state\":\"INPROGRESS\"");
    begun.send(Signal::TERM);
    begun.wait_for_message("\"state\":\"STOPPED\"");
    bitbucket.come_up();
    bitbucket.wait_for("STOPPED");
    begun.write("go on");
    begun.end().warned(0, "not reported as INPROGRESS");
    assert_eq!(bitbucket.states(), ["STOPPED"]);
}

#[test]
fn inprogress_is_retried_until_it_arrives() {
    let bitbucket = Bitbucket::start();
    bitbucket.set("unit-tests", State::Successful);
    bitbucket.sandbox().fault(Fault::Html(503).times(3));
    let mut begun = bitbucket.begin(&[], WAITS);
    bitbucket.wait_for("INPROGRESS");
    begun.write("go on");
    assert_eq!(begun.end().code, Some(0));
    assert_eq!(bitbucket.states(), ["SUCCESSFUL", "INPROGRESS", "SUCCESSFUL"]);
}

#[test]
fn a_response_from_a_proxy_is_retried_like_an_outage() {
    for fault in [Fault::Html(200), Fault::Html(409)] {
        let bitbucket = Bitbucket::start();
        let mut begun = bitbucket.begin_reported(&[], WAITS);
        bitbucket.sandbox().fault(fault.times(2));
        begun.write("go on");
        assert_eq!(begun.end().code, Some(0));
        let requests = bitbucket.sandbox().journal();
        let last = requests.last().unwrap();
        assert_eq!((requests.len(), last.json().unwrap()["state"].as_str()), (4, Some("SUCCESSFUL")));
    }
}

#[test]
fn a_login_page_that_stays_costs_the_budget_of_the_final_report_and_is_a_warning() {
    let bitbucket = Bitbucket::start();
    let mut begun = bitbucket.begin_reported(&["--report-timeout", "4s"], WAITS);
    bitbucket.sandbox().fault(Fault::Html(200).times(usize::MAX));
    begun.write("go on");
    let ended = begun.end();
    assert!(ended.stderr.contains("the 200 response is not JSON; retrying for at most 4s in all\n"), "{ended:#?}");
    ended.warned(
        0,
        "warning: unit-tests was not reported as SUCCESSFUL: Bitbucket returned 200 with a body that is not",
    );
}

#[test]
fn the_final_report_does_not_wait_for_a_retry_of_inprogress() {
    let bitbucket = Bitbucket::start();
    bitbucket.sandbox().fault(Fault::RateLimited(RetryHint::RetryAfterSeconds(3600)));
    let mut begun = bitbucket.begin(&["-v"], WAITS);
    begun.wait_for_message("< 429");
    begun.write("go on");
    begun.end().warned(0, "not reported as INPROGRESS");
    assert_eq!(bitbucket.states(), ["SUCCESSFUL"]);
}

#[test]
fn retries_limits_the_attempts_of_both_reports() {
    let bitbucket = Bitbucket::start();
    bitbucket.sandbox().fault(Fault::Html(503).times(4));
    let mut begun = bitbucket.begin(&["--retries", "1"], WAITS);
    begun.wait_for_message("warning: unit-tests was not reported as INPROGRESS");
    begun.write("go on");
    let ended = begun.end();
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.contains("warning: unit-tests was not reported as SUCCESSFUL"), "{ended:#?}");
    assert_eq!(bitbucket.sandbox().journal().len(), 4);
}

#[test]
fn a_slow_inprogress_does_not_delay_the_command_and_is_never_the_last_report() {
    let bitbucket = SlowBitbucket::holding(is_start);
    let mut begun = bitbucket.begin(&[], "echo $$; read line");
    bitbucket.wait_for_requests(1);
    begun.write("go on");
    // It is gone when `bbstatus` has reaped it.
    eventually("the end of the command", || state(&begun.line).is_empty());
    assert_eq!(bitbucket.states(), ["INPROGRESS"]);
    bitbucket.respond();
    begun.end().quietly(0);
    assert_eq!(bitbucket.states(), ["INPROGRESS", "SUCCESSFUL"]);
}

#[test]
fn stopped_does_not_wait_for_a_slow_inprogress_and_is_reported_again_after_it() {
    let bitbucket = SlowBitbucket::holding(is_start);
    let begun = bitbucket.begin(&[], "echo begun; exec sleep 700");
    bitbucket.wait_for_requests(1);
    begun.send(Signal::TERM);
    bitbucket.wait_for_requests(2);
    bitbucket.respond();
    begun.end().quietly(143);
    assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED", "STOPPED"]);
}

#[test]
fn stopped_is_reported_again_if_inprogress_has_no_response() {
    let bitbucket = SlowBitbucket::holding(is_start);
    let begun = bitbucket.begin(&[], "echo begun; exec sleep 700");
    bitbucket.wait_for_requests(1);
    begun.send(Signal::INT);
    assert_eq!(begun.end().code, Some(130));
    assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED", "STOPPED"]);
}

#[test]
fn a_warning_says_that_inprogress_may_have_followed_the_final_state() {
    let bitbucket = SlowBitbucket::holding(|number, _| number != 1);
    let begun = bitbucket.begin(&["--strict"], "trap 'exit 0' TERM; echo begun; while :; do sleep 0.05; done");
    bitbucket.wait_for_requests(1);
    begun.send(Signal::TERM);
    begun.end().warned(0, "warning: unit-tests was reported as STOPPED, but INPROGRESS may have followed: ");
    assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED", "STOPPED"]);
}

/// A request may be applied after the client has given up.
#[test]
fn the_final_state_is_written_again_if_the_outcome_of_inprogress_is_unknown() {
    let bitbucket = SlowBitbucket::holding(is_start);
    let mut begun = bitbucket.begin(&["--request-timeout", "1s", "--report-timeout", "20s"], WAITS);
    bitbucket.wait_for_requests(1);
    begun.write("go on");
    assert_eq!(begun.end().code, Some(0));
    let states = bitbucket.states();
    let last = states.iter().rev().take_while(|state| *state == "SUCCESSFUL").count();
    assert!(last >= 2, "{states:?}");

    let bitbucket = Bitbucket::start();
    bitbucket.sandbox().fault(Fault::ResetAfterApplying);
    let mut begun =
        bitbucket.begin(&["-v", "--request-timeout", "1s", "--report-timeout", "20s", "--retries", "0"], WAITS);
    begun.wait_for_message("\"state\":\"INPROGRESS\"");
    begun.write("go on");
    assert_eq!(begun.end().code, Some(0));
    let states: Vec<_> =
        bitbucket.sandbox().journal().iter().map(|received| received.json().unwrap()["state"].clone()).collect();
    assert_eq!(states, ["INPROGRESS", "SUCCESSFUL", "SUCCESSFUL"]);
}

#[test]
fn if_bitbucket_never_responds_the_announced_budget_holds_and_the_exit_code_is_the_commands() {
    let bitbucket = SlowBitbucket::holding(|_, _| true);
    let ended = bitbucket.begin(&["--request-timeout", "1s", "--report-timeout", "4s"], "echo begun").end();
    ended.warned(0, "warning: unit-tests was not reported as SUCCESSFUL: ");
    assert!(ended.stderr.contains("; retrying for at most 4s in all\n"), "{ended:#?}");
    // Without retries there is one attempt, and two requests in all.
    let bitbucket = SlowBitbucket::holding(|_, _| true);
    let options = ["--request-timeout", "1s", "--report-timeout", "20s", "--retries", "0"];
    let mut begun = bitbucket.begin(&options, WAITS);
    bitbucket.wait_for_requests(1);
    begun.write("go on");
    begun.end().warned(0, "warning: unit-tests was not reported as SUCCESSFUL: ");
    assert_eq!(bitbucket.states(), ["INPROGRESS", "SUCCESSFUL"]);
}

#[test]
fn a_command_runs_even_if_nothing_can_be_reported() {
    let bitbucket = Bitbucket::start();
    let run = ["run", "unit-tests"];
    for (options, removed, code) in [
        (&[][..], "BITBUCKET_TOKEN", 0),
        (&["--strict"], "BBSTATUS_COMMIT", 1),
        (&["--repo", "no-slug"], "BBSTATUS_REPO", 0),
    ] {
        let arguments = run.iter().chain(options).chain(&["--", "echo", "it runs"]).copied();
        let output = bitbucket.bbstatus(arguments).env_remove(removed).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.starts_with("warning: nothing is reported: "), "{stderr}");
        assert_eq!((output.status.code(), &*output.stdout), (Some(code), &b"it runs\n"[..]), "{stderr}");
    }
    assert!(bitbucket.states().is_empty());
}

/// The smallest number with which the dynamic linker can open a library is 4.
#[cfg(target_os = "linux")]
#[test]
fn a_command_runs_even_if_too_few_files_can_be_open_to_report_it() {
    let bitbucket = Bitbucket::down();
    for limit in 4..=9 {
        let limit = format!("ulimit -n {limit}; exec \"$@\"");
        let run = |options: &[&str], script| {
            let options = [options, &["--report-timeout", "1s"]].concat();
            let mut command = bitbucket.run_command_by(&["sh", "-c", &limit, "sh"], &options, script);
            CommandOutput::from(command.output().unwrap())
        };
        let ended = run(&[], "echo ran; exit 3");
        assert_eq!((ended.code, &*ended.stdout), (Some(3), "ran\n"), "{limit}: {ended:#?}");
        assert!(ended.stderr.starts_with("warning: "), "{limit}: {ended:#?}");
        assert_eq!(run(&["--strict"], "exit 0").code, Some(1), "{limit}");
    }
}

#[test]
fn an_invalid_proxy_is_a_warning_and_nothing_is_sent_directly() {
    let bitbucket = Bitbucket::start();
    let mut command = bitbucket.run_command(&[], "echo ran; exit 3");
    // No server would accept connections there.
    command.env("HTTPS_PROXY", "htp://proxy").env("BBSTATUS_API_URL", "https://bitbucket.invalid/2.0");
    let ended = CommandOutput::from(command.output().unwrap());
    assert_eq!(ended.stdout, "ran\n");
    ended.warned(3, "warning: nothing is reported: HTTPS_PROXY: expected the address of an http or https proxy");
}

#[test]
fn a_wrong_variable_is_a_warning_and_a_bare_number_is_seconds() {
    let bitbucket = Bitbucket::start();
    let run = |timeout: &str| {
        let mut command = bitbucket.run_command(&[], "echo ran");
        CommandOutput::from(command.env("BBSTATUS_TIMEOUT", timeout).output().unwrap())
    };
    let ended = run("5x");
    assert_eq!(ended.stdout, "ran\n");
    ended.warned(0, "warning: BBSTATUS_TIMEOUT is ignored: expected a duration");
    run("5").quietly(0);
    assert_eq!(bitbucket.states(), ["INPROGRESS", "SUCCESSFUL"].repeat(2));
}

/// A preloaded library changes the time for one process.
#[cfg(target_os = "linux")]
#[test]
fn a_clock_before_1970_is_a_warning_and_the_exit_code_is_the_commands() {
    use std::{fs, path::PathBuf, process::Command};

    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (source, library) = (folder.join("clock.c"), folder.join("clock.so"));
    let text = "#define _GNU_SOURCE\n#include <sys/syscall.h>\n#include <time.h>\n#include <unistd.h>\n\
                int clock_gettime(clockid_t clock, struct timespec *now) {\n\
                int result = syscall(SYS_clock_gettime, clock, now);\n\
                if (clock == CLOCK_REALTIME) now->tv_sec = -1000;\nreturn result; }\n";
    fs::write(&source, text).unwrap();
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).output();
    if !compiled.is_ok_and(|output| output.status.success()) {
        println!(
            "a_clock_before_1970_is_a_warning_and_the_exit_code_is_the_commands is skipped: there is no C compiler"
        );
        return;
    }
    let bitbucket = Bitbucket::down();
    let mut command = bitbucket.run_command(&[], "exit 3");
    command.env("LD_PRELOAD", &library).env("BBSTATUS_API_URL", "https://bitbucket.invalid/2.0");
    CommandOutput::from(command.output().unwrap()).warned(3, "warning: nothing is reported: the clock of this machine");
}
