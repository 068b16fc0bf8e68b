//! Figures and their formatting.

use std::fmt::{self, Display, Formatter};

/// The results of one part.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    /// How it was measured, in a paragraph.
    pub(crate) method: String,
    pub(crate) figures: Vec<Figure>,
    /// What could not be measured here, and why.
    pub(crate) skipped: Vec<String>,
}

/// One line of the table.
pub(crate) struct Figure {
    pub(crate) measure: Measure,
    pub(crate) limit: Option<Limit>,
    pub(crate) what: String,
    pub(crate) ours: String,
    pub(crate) compared: String,
}

/// The value of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Measure {
    /// Ours divided by the other.
    Ratio(f64),
    Seconds(f64),
    Milliseconds(f64),
    PerSecond(f64),
    Megabytes(f64),
    Count(usize),
}

/// The target of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Limit {
    AtMost(Measure),
    AtLeast(Measure),
}

impl Limit {
    /// Compares the figure as printed, after rounding, so that the page never contradicts itself.
    fn is_met(self, measure: Measure) -> bool {
        match self {
            Self::AtMost(limit) => measure.printed() <= limit.printed(),
            Self::AtLeast(limit) => measure.printed() >= limit.printed(),
        }
    }
}

impl Measure {
    fn value(self) -> f64 {
        match self {
            Self::Ratio(value)
            | Self::Seconds(value)
            | Self::Milliseconds(value)
            | Self::PerSecond(value)
            | Self::Megabytes(value) => value,
            #[expect(clippy::cast_precision_loss, reason = "counts of crates are small")]
            Self::Count(count) => count as f64,
        }
    }

    fn printed(self) -> f64 {
        (self.value() * 100.0).round()
    }
}

impl Display for Measure {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ratio(ratio) => write!(formatter, "{ratio:.2} ×"),
            Self::Seconds(seconds) => write!(formatter, "{seconds:.2} s"),
            Self::Milliseconds(milliseconds) => write!(formatter, "{milliseconds:.2} ms"),
            Self::PerSecond(count) => write!(formatter, "{count:.0}/s"),
            Self::Megabytes(megabytes) => write!(formatter, "{megabytes:.2} MB"),
            Self::Count(count) => write!(formatter, "{count}"),
        }
    }
}

impl Display for Limit {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(measure) => write!(formatter, "≤ {measure}"),
            Self::AtLeast(measure) => write!(formatter, "≥ {measure}"),
        }
    }
}

impl Display for Figure {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { measure, limit, what, ours, compared } = self;
        let (target, verdict) = match limit {
            None => (String::new(), ""),
            Some(limit) if limit.is_met(*measure) => (limit.to_string(), "reached"),
            Some(limit) => (limit.to_string(), "**missed**"),
        };
        writeln!(formatter, "| {measure} | {target} | {verdict} | {what} | {ours} | {compared} |")
    }
}

impl Display for Section {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "## {}\n\n{}\n", self.title, self.method)?;
        if !self.figures.is_empty() {
            writeln!(formatter, "| ratio | target | | what | ours | compared with |")?;
            writeln!(formatter, "| ---: | ---: | --- | --- | --- | --- |")?;
            self.figures.iter().try_for_each(|figure| write!(formatter, "{figure}"))?;
            writeln!(formatter)?;
        }
        self.skipped.iter().try_for_each(|reason| writeln!(formatter, "Not measured: {reason}.\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_line(measure: Measure, limit: Option<Limit>, expected: &str) {
        let figure =
            Figure { measure, limit, what: "update".into(), ours: "21 µs".into(), compared: "20 µs, reqwest".into() };
        assert_eq!(figure.to_string(), format!("| {expected} | update | 21 µs | 20 µs, reqwest |\n"));
    }

    #[test]
    fn a_figure_is_checked_as_it_is_printed() {
        let limit = Some(Limit::AtMost(Measure::Ratio(1.05)));
        assert_line(Measure::Ratio(1.054), limit, "1.05 × | ≤ 1.05 × | reached");
        assert_line(Measure::Ratio(1.056), limit, "1.06 × | ≤ 1.05 × | **missed**");
    }

    #[test]
    fn a_throughput_has_to_reach_its_limit_from_above() {
        let limit = Some(Limit::AtLeast(Measure::Ratio(0.95)));
        assert_line(Measure::Ratio(1.1), limit, "1.10 × | ≥ 0.95 × | reached");
        assert_line(Measure::Ratio(0.94), limit, "0.94 × | ≥ 0.95 × | **missed**");
    }

    #[test]
    fn a_figure_without_a_limit_is_not_checked() {
        assert_line(Measure::Count(120), None, "120 |  | ");
    }
}
