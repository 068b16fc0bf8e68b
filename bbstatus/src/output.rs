//! All output: stdout is for data, stderr for everything else.

mod exchange;
mod progress;
mod request;
mod sanitize;
mod status;
mod wrap;

use std::{
    fs::File,
    io::{self, BufWriter, IsTerminal as _, Write},
};

use anstream::{AutoStream, ColorChoice, adapter::strip_str, stream::RawStream};
use anstyle::{AnsiColor, Style};
use serde::Serialize;

pub(crate) use self::{
    exchange::exchange,
    progress::{Progress, Throttle},
    request::{curl, curl_notes, http, json as requests_as_json},
    sanitize::sanitize,
    status::{Row, StatusView, details, one_line, rows},
    wrap::wrap,
};
use crate::{cli_error::CliError, exit::ExitCode};

/// The version of the JSON output. It changes when a member is removed or changes its meaning, not when one is added.
pub(crate) const JSON_VERSION: u8 = 1;

/// Where data, notes, warnings and errors go.
pub(crate) struct Output {
    data: BufWriter<Box<dyn Write>>,
    is_coloured: bool,
    quiet: bool,
    verbosity: u8,
}

impl Output {
    pub(crate) fn new(quiet: bool, verbosity: u8) -> Self {
        let is_coloured = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
        // Without colours, the data need not be scanned for them.
        let stdout: Box<dyn Write> = if is_coloured { Box::new(anstream::stdout()) } else { Box::new(io::stdout()) };
        let data = BufWriter::new(stdout);
        Self { data, is_coloured, quiet, verbosity }
    }

    /// How often `-v` was given.
    pub(crate) fn verbosity(&self) -> u8 {
        self.verbosity
    }

    /// Whether only warnings and errors are reported.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Writes a line of data, with colours only on a terminal that supports them.
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        if self.is_coloured { writeln!(self.data, "{text}") } else { writeln!(self.data, "{}", strip_str(text)) }
    }

    /// Writes data as it is.
    pub(crate) fn bytes(&mut self, data: &[u8]) -> io::Result<()> {
        self.data.write_all(data)
    }

    /// Writes data as one line of JSON.
    pub(crate) fn json(&mut self, data: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string(data)?;
        self.data.write_all(sanitize::escape_json(&text).as_bytes())?;
        self.data.write_all(b"\n")
    }

    /// Shows the progress of the command; `length` is the total, if it is known.
    pub(crate) fn progress(&self, length: Option<u64>) -> Progress {
        Progress::new(self.quiet, length)
    }

    /// Flushes stdout.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.data.flush()
    }

    /// Prints a note to stderr.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            print_message("note", AnsiColor::Cyan.on_default(), text);
        }
    }

    /// Prints several notes.
    pub(crate) fn notes(&self, texts: &[String]) {
        for text in texts {
            self.note(text);
        }
    }

    /// Prints several lines to stderr, between empty lines.
    pub(crate) fn block(&self, text: &str) {
        if !self.quiet {
            write_stderr(&format!("\n{}\n\n", text.trim_end()));
        }
    }
}

/// Prints a warning.
pub(crate) fn warning(error: &CliError) {
    print_error("warning", AnsiColor::Yellow.on_default(), error);
}

/// Prints an error, and returns its exit code.
pub(crate) fn error(error: &CliError) -> ExitCode {
    print_error("error", AnsiColor::Red.on_default(), error);
    error.exit()
}

/// Prints the help, the version, or why the command line is not valid.
pub(crate) fn print_clap_error(error: &clap::Error) -> ExitCode {
    let printed = error.print().and_then(|()| io::stdout().flush());
    if error.use_stderr() {
        return ExitCode::Usage;
    }
    match printed.map_err(CliError::from).or_else(CliError::ignore_broken_pipe) {
        Ok(()) => ExitCode::Done,
        Err(error) => self::error(&error),
    }
}

/// Prints a line of a log to stderr.
pub(crate) fn log(line: &str) {
    write_stderr(&format!("{}\n", sanitize(line)));
}

fn print_error(label: &str, style: Style, error: &CliError) {
    if let CliError::Message { problem, help, .. } = error {
        print_message(label, style, problem);
        if let Some(help) = help {
            print_message("help", AnsiColor::Green.on_default(), help);
        }
    }
}

fn print_message(label: &str, style: Style, text: &str) {
    let style = style.bold();
    write_stderr(&format!("{style}{label}:{style:#} {}\n", sanitize(text)));
}

/// Writes to stderr in one piece. A failure is ignored: there is nowhere to report it.
fn write_stderr(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Whether a stream is a terminal.
pub(crate) fn is_terminal(stream: &impl RawStream) -> bool {
    stream.is_terminal()
}

/// Whether this process has a terminal, which its child processes can use too: on Unix even if all three streams are
/// redirected, as for a password prompt.
pub(crate) fn on_a_terminal() -> bool {
    let is_seen = io::stdin().is_terminal() || io::stdout().is_terminal() || io::stderr().is_terminal();
    is_seen || cfg!(unix) && File::open("/dev/tty").is_ok()
}
