//! The progress of a long command: a bar on a terminal, lines elsewhere.

use std::{
    borrow::Cow,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{is_terminal, log, sanitize};

/// How often the bar is drawn while nothing happens.
const TICK: Duration = Duration::from_millis(200);

/// The progress of a command.
#[derive(Clone)]
pub(crate) enum Progress {
    /// On a terminal.
    Bar(ProgressBar),
    /// Everywhere else, with the last line.
    Lines(Arc<Mutex<String>>),
    /// With `--quiet`.
    Quiet,
}

impl Progress {
    pub(super) fn new(quiet: bool, length: Option<u64>) -> Self {
        if quiet {
            return Self::Quiet;
        }
        if !is_terminal(&io::stderr()) {
            return Self::Lines(Arc::default());
        }
        let template = if length.is_some() { "{elapsed} {wide_bar} {percent}%  {msg}" } else { "{elapsed} {wide_msg}" };
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(TICK);
        Self::Bar(bar)
    }

    /// Shows a message.
    pub(crate) fn set_message(&self, text: &str) {
        match self {
            Self::Bar(bar) => bar.set_message(Cow::into_owned(sanitize(text))),
            Self::Lines(last) => {
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                if *last != text {
                    log(text);
                    text.clone_into(&mut last);
                }
            }
            Self::Quiet => {}
        }
    }

    /// Whether this was the last line that was printed, which need not be printed again.
    pub(crate) fn last_message_is(&self, text: &str) -> bool {
        matches!(self, Self::Lines(last) if *last.lock().unwrap_or_else(PoisonError::into_inner) == text)
    }

    /// Moves the bar.
    pub(crate) fn at(&self, position: u64) {
        if let Self::Bar(bar) = self {
            bar.set_position(position);
        }
    }

    /// Removes the bar.
    pub(crate) fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// Limits how often something is done.
pub(crate) struct Throttle {
    pause: Duration,
    last: Instant,
}

impl Throttle {
    pub(crate) fn every(pause: Duration) -> Self {
        Self { pause, last: Instant::now() }
    }

    /// Whether it is time again.
    pub(crate) fn is_due(&mut self) -> bool {
        let due = self.last.elapsed() >= self.pause;
        if due {
            self.last = Instant::now();
        }
        due
    }
}
