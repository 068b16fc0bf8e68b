//! `--if-newer`: whether a newer build has already reported under the same key.
//!
//! Bitbucket has no compare-and-swap: a report that is written between our read and our write is still overwritten.

use std::time::{Duration, SystemTime};

use bitbucket_build_status::{BuildStatus, Commit, Error, GetStatus, Key, PreparedRequest, Response};

/// The age up to which a stored report counts as newer. Build numbers may start again at 1.
const MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// The parts of our report that identify the build.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnBuild<'a> {
    /// The url of the report.
    pub(crate) url: &'a str,
    /// The build number that the CI system names.
    pub(crate) number: &'a str,
}

/// The build number of a stored report, if a newer build made it: the report was updated within the last 24 hours, and
/// its url is ours except for one run of digits: our build number in our url, a larger number in the stored one.
pub(crate) fn newer_build<'s>(own: OwnBuild<'_>, stored: &'s BuildStatus, now: SystemTime) -> Option<&'s str> {
    let updated_on = stored.updated_on.as_ref()?.to_system_time()?;
    let age = now.duration_since(updated_on).unwrap_or_else(|ahead| ahead.duration());
    if age > MAX_AGE {
        return None;
    }
    let stored_url = stored.url.as_deref()?;
    let number = Some(own.number).filter(|number| is_number(number))?;
    own.url.match_indices(number).find_map(|(start, _)| {
        let (before, after) = (&own.url[..start], &own.url[start + number.len()..]);
        let is_entire_run = !before.ends_with(|last: char| last.is_ascii_digit())
            && !after.starts_with(|first: char| first.is_ascii_digit());
        let other = stored_url.strip_prefix(before)?.strip_suffix(after)?;
        (is_entire_run && is_number(other) && is_larger(other, number)).then_some(other)
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Compares numbers of any length.
fn is_larger(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|number| number.trim_start_matches('0'));
    (one.len(), one) > (other.len(), other)
}

/// A stored report that a newer build made.
pub(crate) struct NewerReport {
    /// The number of that build.
    pub(crate) build_number: String,
    pub(crate) stored: Response<BuildStatus>,
}

impl NewerReport {
    /// Why our report is dropped.
    pub(crate) fn note(&self, key: &Key) -> String {
        let (number, stored) = (&self.build_number, &self.stored.value().state);
        format!("{key} is not reported: the newer build {number} already reported {stored}")
    }
}

/// The read before a report, which keeps an older build from overwriting the report of a newer one.
#[derive(Clone, Debug)]
pub(crate) struct OverwriteGuard(Option<GuardedReport>);

#[derive(Clone, Debug)]
struct GuardedReport {
    read: GetStatus,
    url: String,
    build_number: String,
}

impl OverwriteGuard {
    /// Guards a report with this url by the build with this number. Without url or number there is nothing to compare.
    pub(crate) fn new(commit: &Commit, key: &Key, url: Option<&str>, build_number: Option<&str>) -> Self {
        let report = url.zip(build_number).map(|(url, build_number)| GuardedReport {
            read: commit.get(key),
            url: url.to_owned(),
            build_number: build_number.to_owned(),
        });
        Self(report)
    }

    /// Lets every report through.
    pub(crate) const fn off() -> Self {
        Self(None)
    }

    /// The time budget of the read.
    #[must_use]
    pub(crate) fn timeout(self, timeout: Duration) -> Self {
        Self(self.0.map(|report| GuardedReport { read: report.read.timeout(timeout), ..report }))
    }

    /// The request as it would be sent.
    pub(crate) async fn prepare(&self) -> Result<Vec<PreparedRequest>, Error> {
        match &self.0 {
            Some(report) => report.read.clone().prepare().await,
            None => Ok(Vec::new()),
        }
    }

    /// Reads the stored report, and returns it if a newer build made it. If the read fails, our report is written:
    /// losing a report is worse than an outdated one.
    pub(crate) async fn newer_report(&self) -> Option<NewerReport> {
        let GuardedReport { read, url, build_number } = self.0.as_ref()?;
        let stored = read.clone().send_with_response().await.ok()?;
        let now = stored.header("date").and_then(|date| httpdate::parse_http_date(date).ok());
        let own = OwnBuild { url, number: build_number };
        let build_number = newer_build(own, stored.value(), now.unwrap_or_else(SystemTime::now))?.to_owned();
        Some(NewerReport { build_number, stored })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use bitbucket_build_status::BuildStatus;
    use serde_json::json;

    use super::{OwnBuild, newer_build};

    const UPDATED: &str = "2026-11-20T08:15:30.547563+00:00";

    fn updated() -> SystemTime {
        bitbucket_build_status::Timestamp::from(UPDATED).to_system_time().unwrap()
    }

    fn stored(url: &str) -> BuildStatus {
        serde_json::from_value(json!({"key": "k", "state": "FAILED", "url": url, "updated_on": UPDATED})).unwrap()
    }

    #[test]
    fn a_report_is_newer_if_only_the_build_number_in_its_url_is_larger() {
        let ours = "https://ci.example.com/job/9/42/console?build=42";
        let table = [
            (ours, "42", "https://ci.example.com/job/9/43/console?build=42", Some("43")),
            (ours, "42", "https://ci.example.com/job/9/42/console?build=100", Some("100")),
            ("https://ci.example.com/42", "42", "https://ci.example.com/43", Some("43")),
            ("https://ci.example.com/9", "9", "https://ci.example.com/10", Some("10")),
            ("https://ci.example.com/009", "009", "https://ci.example.com/10", Some("10")),
            (
                "https://ci.example.com/1",
                "1",
                "https://ci.example.com/18446744073709551617",
                Some("18446744073709551617"),
            ),
            ("https://ci.example.com:42/b/42", "42", "https://ci.example.com:42/b/43", Some("43")),
            // The same or an older build.
            ("https://ci.example.com/42", "42", "https://ci.example.com/42", None),
            ("https://ci.example.com/42", "42", "https://ci.example.com/041", None),
            ("https://ci.example.com/42", "42", "https://ci.example.com/042", None),
            ("https://ci.example.com/42", "42", "https://ci.example.com/7", None),
            // Something else than the number differs.
            (ours, "42", "https://ci.example.com/job/9/43/console?build=43", None),
            (ours, "42", "https://ci.example.com/job/10/42/console?build=42", None),
            ("https://ci.example.com/42", "42", "https://ci.example.com/43/", None),
            ("https://ci.example.com/42", "42", "https://ci.example.org/43", None),
            ("https://ci.example.com/42", "42", "https://ci.example.com/43b", None),
            ("https://ci.example.com/42", "42", "https://ci.example.com/", None),
            ("https://ci.example.com/42", "42", "https://ci.example.com/-43", None),
            // The number is part of a longer run of digits.
            ("https://ci.example.com/142", "42", "https://ci.example.com/143", None),
            ("https://ci.example.com/421", "42", "https://ci.example.com/431", None),
            // There is no number, or it is not in the url.
            ("https://ci.example.com/42", "", "https://ci.example.com/43", None),
            ("https://ci.example.com/v1.2", "1.2", "https://ci.example.com/v1.3", None),
            ("https://ci.example.com/latest", "42", "https://ci.example.com/43", None),
        ];
        for (url, number, other, expected) in table {
            let found = newer_build(OwnBuild { url, number }, &stored(other), updated()).map(str::to_owned);
            assert_eq!(found.as_deref(), expected, "{url} {number:?} {other}");
        }
    }

    #[test]
    fn a_report_is_newer_for_a_day_only_so_that_numbers_can_start_again_at_1() {
        let own = OwnBuild { url: "https://ci.example.com/1", number: "1" };
        let stored = stored("https://ci.example.com/500");
        let day = Duration::from_secs(24 * 60 * 60);
        let second = Duration::from_secs(1);
        let table = [
            (updated(), true),
            (updated() + day, true),
            (updated() + day + second, false),
            (updated() + 400 * day, false),
            // A clock that is slow.
            (updated() - day, true),
            (updated() - day - second, false),
        ];
        for (now, is_newer) in table {
            assert_eq!(newer_build(own, &stored, now).is_some(), is_newer, "{now:?}");
        }
        for updated_on in [json!(null), json!("yesterday")] {
            let mut undated = stored.clone();
            undated.updated_on = serde_json::from_value(updated_on).unwrap();
            assert_eq!(newer_build(own, &undated, updated()), None);
        }
    }

    /// A build and its reports, in order.
    struct Build {
        number: u64,
        reports: Vec<&'static str>,
    }

    #[test]
    fn the_newer_builds_report_remains_in_any_interleaving() {
        for seed in 0..1000 {
            let mut random = fastrand::Rng::with_seed(seed);
            let older = random.u64(1..200);
            let newer = older + random.u64(1..200);
            let last = ["SUCCESSFUL", "FAILED", "STOPPED"];
            let mut builds = [older, newer].map(|number| {
                let reports = [vec!["INPROGRESS"; random.usize(0..3)], vec![last[random.usize(..3)]]].concat();
                Build { number, reports }
            });
            let expected = (newer, *builds[1].reports.last().unwrap());
            let mut now = updated();
            let (mut stored, mut written): (Option<BuildStatus>, _) = (None, (0, ""));
            while builds.iter().any(|build| !build.reports.is_empty()) {
                let build = &mut builds[random.usize(..2)];
                if build.reports.is_empty() {
                    continue;
                }
                // Nothing is written between the read and the write of a report.
                now += Duration::from_secs(random.u64(0..3600));
                let (url, number) = (format!("https://ci.example.com/{}", build.number), build.number.to_string());
                let own = OwnBuild { url: &url, number: &number };
                let state = build.reports.remove(0);
                if stored.as_ref().is_none_or(|stored| newer_build(own, stored, now).is_none()) {
                    let updated_on = humantime::format_rfc3339_micros(now).to_string();
                    let status = json!({"key": "k", "state": state, "url": url, "updated_on": updated_on});
                    stored = Some(serde_json::from_value(status).unwrap());
                    written = (build.number, state);
                }
            }
            assert_eq!(written, expected, "seed {seed}");
        }
    }
}
