//! How far a command is that takes its time: a bar on a terminal, lines elsewhere.

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

/// How far a command is.
#[derive(Clone)]
pub(crate) enum Progress {
    /// On a terminal.
    Bar(ProgressBar),
    /// Everywhere else, with the last line.
    Lines(Arc<Mutex<String>>),
    /// Where nobody wants to know.
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

    /// Says where it stands.
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

    /// Whether this was the last line: then there is no need to repeat it.
    pub(crate) fn last_message_is(&self, text: &str) -> bool {
        matches!(self, Self::Lines(last) if *last.lock().unwrap_or_else(PoisonError::into_inner) == text)
    }

    /// Moves the bar.
    pub(crate) fn at(&self, position: u64) {
        if let Self::Bar(bar) = self {
            bar.set_position(position);
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// Lets through what comes often, now and then.
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
