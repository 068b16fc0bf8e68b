//! `bbstatus run` on a pseudo-terminal: the command stays in the foreground.

use std::{
    ffi::OsStr,
    io::{Read as _, Write as _},
    process::Child,
    sync::{Arc, Mutex},
    thread,
};

use pty_process::blocking::{Command, Pty, open};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Bitbucket, ended, eventually, lives};

/// `bbstatus run` on a terminal of its own.
struct Terminal {
    keyboard: Arc<Pty>,
    screen: Arc<Mutex<String>>,
    process: Child,
}

impl Terminal {
    fn begin(bitbucket: &Bitbucket, options: &[&str], script: &str) -> Self {
        Self::begin_by(&[], bitbucket, options, script)
    }

    /// Starts `bbstatus run` by another command.
    fn begin_by(starter: &[&str], bitbucket: &Bitbucket, options: &[&str], script: &str) -> Self {
        let (pty, screen_side) = open().unwrap();
        let script = ["--", "sh", "-c", script];
        let arguments = ["run", "unit-tests"].iter().chain(options).chain(&script).copied();
        let template = bitbucket.bbstatus(arguments);
        let environment = template.get_envs().filter_map(|(name, value)| Some((name, value?)));
        let words = starter.iter().map(OsStr::new).chain([template.get_program()]).chain(template.get_args());
        let words: Vec<&OsStr> = words.collect();
        let command = Command::new(words[0]).args(&words[1..]).env_clear().envs(environment);
        let process = command.spawn(screen_side).unwrap();
        let (keyboard, screen) = (Arc::new(pty), Arc::new(Mutex::new(String::new())));
        let (reader, shown) = (Arc::clone(&keyboard), Arc::clone(&screen));
        thread::spawn(move || {
            let mut bytes = [0; 1024];
            // The read fails when the last process has closed the terminal.
            while let Ok(read @ 1..) = (&*reader).read(&mut bytes) {
                shown.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
        });
        Self { keyboard, screen, process }
    }

    fn types(&self, text: &str) {
        (&*self.keyboard).write_all(text.as_bytes()).unwrap();
    }

    #[track_caller]
    fn shows(&self, text: &str) {
        eventually(text, || self.screen.lock().unwrap().contains(text));
    }

    /// What the screen shows between this text and the next full stop.
    #[track_caller]
    fn between(&self, text: &str) -> String {
        self.shows(text);
        let mut found = None;
        eventually("a full stop", || {
            let screen = self.screen.lock().unwrap();
            found = screen.split_once(text).and_then(|(_, rest)| Some(rest.split_once('.')?.0.to_owned()));
            found.is_some()
        });
        found.expect("it was there")
    }
}

#[test]
fn the_command_reads_what_is_typed() {
    let bitbucket = Bitbucket::start();
    let mut terminal =
        Terminal::begin(&bitbucket, &[], "echo ready; read line </dev/tty; echo \"got $line\"; test -t 0");
    terminal.shows("ready");
    terminal.types("hello\n");
    terminal.shows("got hello");
    assert_eq!(ended(&mut terminal.process).code(), Some(0));
    assert_eq!(bitbucket.states(), ["INPROGRESS", "SUCCESSFUL"]);
}

#[test]
fn ctrl_c_interrupts_the_command_once() {
    let bitbucket = Bitbucket::start();
    let script = "trap 'echo interrupted; n=$((n + 1))' INT; echo ready; while [ -z \"$n\" ]; do sleep 0.05; done; \
                  sleep 0.3; exit $((40 + n))";
    let mut terminal = Terminal::begin(&bitbucket, &["--grace", "100ms", "-v"], script);
    terminal.shows("ready");
    terminal.shows("< 201");
    terminal.types("\x03");
    terminal.shows("interrupted");
    // The command took longer than the grace period, which does not apply to Ctrl-C.
    assert_eq!(ended(&mut terminal.process).code(), Some(41));
    assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED"]);
}

#[test]
fn one_ctrl_c_stops_the_build_every_time() {
    let bitbucket = Bitbucket::start();
    for round in 1..=20 {
        let mut terminal = Terminal::begin(&bitbucket, &[], "echo ready; exec sleep 60");
        terminal.shows("ready");
        bitbucket.wait_for_reports(2 * round - 1);
        terminal.types("\x03");
        assert_eq!(ended(&mut terminal.process).code(), Some(130));
        assert_eq!(bitbucket.states().last().unwrap(), "STOPPED", "round {round}");
    }
}

#[test]
fn the_command_reads_from_the_terminal_even_if_all_streams_are_redirected() {
    let bitbucket = Bitbucket::start();
    let starter = ["sh", "-c", "echo ready; \"$@\" </dev/null >/dev/null 2>&1; echo \"code $?.\"", "sh"];
    let script = "read line </dev/tty; test \"$line\" = hello && exit 5";
    let mut terminal = Terminal::begin_by(&starter, &bitbucket, &[], script);
    terminal.shows("ready");
    terminal.types("hello\n");
    assert_eq!(terminal.between("code "), "5");
    assert_eq!(ended(&mut terminal.process).code(), Some(0));
    assert_eq!(bitbucket.states(), ["INPROGRESS", "FAILED"]);
}

#[test]
fn a_command_that_ctrl_backslash_ends_is_stopped_and_one_that_handles_it_is_not() {
    let bitbucket = Bitbucket::start();
    let goes_on = "trap 'echo heard; n=1' QUIT; echo ready; while [ -z \"$n\" ]; do sleep 0.05; done; exit 0";
    for (script, code, state) in [("echo ready; exec sleep 60", 131, "STOPPED"), (goes_on, 0, "SUCCESSFUL")] {
        let mut terminal = Terminal::begin(&bitbucket, &["--grace", "0s"], script);
        terminal.shows("ready");
        terminal.types("\x1c");
        assert_eq!(ended(&mut terminal.process).code(), Some(code));
        assert_eq!(bitbucket.states().last().unwrap(), state);
    }
}

#[test]
fn a_signal_from_another_process_is_passed_on() {
    let bitbucket = Bitbucket::start();
    let mut terminal = Terminal::begin(&bitbucket, &["-v"], "echo ready; exec sleep 60");
    terminal.shows("ready");
    terminal.shows("< 201");
    kill_process(Pid::from_child(&terminal.process), Signal::TERM).unwrap();
    assert_eq!(ended(&mut terminal.process).code(), Some(143));
    assert_eq!(bitbucket.states(), ["INPROGRESS", "STOPPED"]);
}

#[test]
fn an_interrupt_from_another_process_is_passed_on() {
    let bitbucket = Bitbucket::start();
    for (script, code) in
        [("echo ready; exec sleep 60", 130), ("trap 'exit 6' INT; echo ready; while :; do sleep 0.05; done", 6)]
    {
        let mut terminal = Terminal::begin(&bitbucket, &[], script);
        terminal.shows("ready");
        kill_process(Pid::from_child(&terminal.process), Signal::INT).unwrap();
        assert_eq!(ended(&mut terminal.process).code(), Some(code));
        assert_eq!(bitbucket.states().last().unwrap(), "STOPPED");
    }
}

#[test]
fn a_command_that_ends_before_the_interrupt_is_not_stopped() {
    let bitbucket = Bitbucket::start();
    let mut terminal = Terminal::begin(&bitbucket, &[], "kill -INT $PPID");
    assert_eq!(ended(&mut terminal.process).code(), Some(0));
    assert_eq!(bitbucket.states(), ["INPROGRESS", "SUCCESSFUL"]);
}

#[test]
fn a_time_limit_holds() {
    let bitbucket = Bitbucket::start();
    let script = "trap '' TERM; while :; do sleep 0.05; done";
    let mut terminal = Terminal::begin(&bitbucket, &["--timeout", "100ms", "--grace", "100ms"], script);
    assert_eq!(ended(&mut terminal.process).code(), Some(124));
    assert_eq!(bitbucket.states().last().unwrap(), "STOPPED");
}

#[test]
fn nothing_is_left_running() {
    let bitbucket = Bitbucket::start();
    let deaf = "(trap '' TERM; exec sleep 60) & echo \"child $!.\"; trap 'exit 5' TERM; while :; do sleep 0.05; done";
    // The system sends SIGHUP when the session leader ends, so that must not be `bbstatus`.
    let starter = ["sh", "-c", "\"$@\"; echo \"code $?.\"; read line", "sh"];
    for script in ["sh -c 'echo child $$.; exec sleep 60'; true", deaf] {
        let options = ["--timeout", "300ms", "--grace", "300ms"];
        let mut terminal = Terminal::begin_by(&starter, &bitbucket, &options, script);
        let child = terminal.between("child ");
        assert_eq!(terminal.between("code "), "124");
        eventually("the child's end", || !lives(&child));
        terminal.types("\n");
        assert_eq!(ended(&mut terminal.process).code(), Some(0));
    }
}

#[test]
fn if_bbstatus_is_killed_the_command_ends_and_the_calling_script_continues() {
    let bitbucket = Bitbucket::start();
    let starter = ["sh", "-c", "\"$@\"; echo \"code $?.\"; read line", "sh"];
    let script = "sleep 60 & trap '' HUP TERM; echo \"processes $PPID $$ $!.\"; while :; do sleep 1; done";
    let mut terminal = Terminal::begin_by(&starter, &bitbucket, &[], script);
    let processes = terminal.between("processes ");
    let processes: Vec<&str> = processes.split(' ').collect();
    let bbstatus = Pid::from_raw(processes[0].parse().unwrap()).unwrap();
    kill_process(bbstatus, Signal::KILL).unwrap();
    assert_eq!(terminal.between("code "), "137");
    for process in processes {
        eventually("the end", || !lives(process));
    }
    terminal.types("\n");
    assert_eq!(ended(&mut terminal.process).code(), Some(0));
}

#[test]
fn ctrl_c_cuts_the_final_report_short() {
    let bitbucket = Bitbucket::down();
    let mut terminal = Terminal::begin(&bitbucket, &["-v"], "exit 0");
    // The first attempt at the final report.
    terminal.shows("\"state\":\"SUCCESSFUL\"");
    terminal.types("\x03");
    assert_eq!(ended(&mut terminal.process).code(), Some(0));
    terminal.shows("SUCCESSFUL: interrupted");
}
