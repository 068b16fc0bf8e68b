//! Decides what is wrong, from what was found on this machine and from one response: a pure function.

use std::time::{Duration, SystemTime};

use bitbucket_build_status::{BuildStatusPage, Error, ErrorKind, Response};
use serde::{Serialize, Serializer};

use crate::{cli_error::CliError, credentials::TokenKind, exit::ExitCode};

/// The largest difference between the clocks that counts as ok: more than a slow response explains, less than
/// certificates and tokens tolerate.
const MAX_CLOCK_DIFFERENCE: Duration = Duration::from_secs(60);
/// What Bitbucket calls the credentials of a request that has none.
const UNAUTHENTICATED: &str = "unauthenticated_identity";

/// What a report depends on, in the order in which one needs the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Check {
    Proxy,
    Connection,
    Clock,
    Credentials,
    Scopes,
    Repository,
    Commit,
}

impl Check {
    const ALL: [Self; 7] =
        [Self::Proxy, Self::Connection, Self::Clock, Self::Credentials, Self::Scopes, Self::Repository, Self::Commit];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Proxy => "proxy",
            Self::Connection => "connection",
            Self::Clock => "clock",
            Self::Credentials => "credentials",
            Self::Scopes => "scopes",
            Self::Repository => "repository",
            Self::Commit => "commit",
        }
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Ok,
    Warning,
    Failure,
    NotChecked,
}

/// A line of the report. Everything but what is ok has a remedy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct CheckResult {
    pub(super) check: Check,
    pub(super) verdict: Verdict,
    pub(super) found: String,
    pub(super) remedy: Option<String>,
}

/// The credentials, without their secrets.
#[derive(Clone, Debug)]
pub(super) struct CredentialFacts {
    /// What they are, and where they are from.
    pub(super) name: String,
    /// The kind of token that it begins like, if that is a known one.
    pub(super) begins_like: Option<TokenKind>,
    /// Whether there is a token whose beginning says something.
    pub(super) has_token: bool,
    /// What is probably wrong with them.
    pub(super) warning: Option<CliError>,
}

/// What is known: each value as it was found on this machine, or the error because of which nothing can be sent.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// None if requests go directly.
    pub(super) proxy: Result<Option<String>, CliError>,
    /// The address of the API.
    pub(super) connection: Result<String, CliError>,
    pub(super) clock: Result<(), CliError>,
    pub(super) credentials: Result<CredentialFacts, CliError>,
    pub(super) repository: Result<String, CliError>,
    pub(super) commit: Result<String, CliError>,
    /// None if nothing was sent.
    pub(super) outcome: Option<RequestOutcome>,
}

/// The outcome of the request.
#[derive(Clone, Debug)]
pub(super) struct RequestOutcome {
    /// The time on this machine.
    pub(super) now: SystemTime,
    /// The time at Bitbucket, by the response.
    pub(super) date: Option<SystemTime>,
    pub(super) result: Result<Listing, Refusal>,
}

/// A page of the commit's statuses.
#[derive(Clone, Debug, Default)]
pub(super) struct Listing {
    /// How many statuses the commit has.
    size: Option<u64>,
    /// What Bitbucket calls the credentials.
    credential_type: Option<String>,
    granted_scopes: Option<String>,
    needed_scopes: Option<String>,
}

impl From<&Response<BuildStatusPage>> for Listing {
    fn from(response: &Response<BuildStatusPage>) -> Self {
        let header = |name| response.header(name).map(str::to_owned);
        Self {
            size: response.value().size,
            credential_type: header("x-credential-type"),
            granted_scopes: header("x-oauth-scopes"),
            needed_scopes: header("x-accepted-oauth-scopes"),
        }
    }
}

/// Why there is no page of statuses.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    kind: ErrorKind,
    status: Option<u16>,
    /// What went wrong, in a sentence.
    problem: String,
    /// The likely cause and the remedy.
    remedy: String,
    exit: ExitCode,
    /// Bitbucket's own words, in lower case.
    message: Option<String>,
    has_other_body: bool,
    granted_scopes: Vec<String>,
    missing_scopes: Vec<String>,
    /// Whether the connection failed for a transient reason. If there is a proxy, the proxy is to blame.
    is_unconnected: bool,
    /// Whether a redirect leads to the repository's new location, and not to another host.
    is_moved: bool,
}

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        let cli_error = CliError::from(error);
        let owned = |scopes: &str| scopes.to_owned();
        Self {
            kind: error.kind(),
            status: error.status(),
            problem: cli_error.problem().to_owned(),
            remedy: cli_error.remedy().unwrap_or_default().to_owned(),
            exit: cli_error.exit(),
            message: error.message().map(str::to_lowercase),
            has_other_body: error.message().is_none() && error.body_excerpt().is_some(),
            granted_scopes: error.granted_scopes().to_vec(),
            missing_scopes: error.missing_scopes().into_iter().map(owned).collect(),
            is_unconnected: error.is_connect() && error.is_retryable(),
            is_moved: error.location().is_some(),
        }
    }
}

impl Refusal {
    fn mentions(&self, words: &[&str]) -> bool {
        words.iter().any(|words| self.message.as_deref().is_some_and(|message| message.contains(words)))
    }

    /// What has failed, and the first thing that is not known to be right.
    fn blamed(&self, has_proxy: bool) -> (Check, Check) {
        let certain = |check| (check, check);
        match self.kind {
            ErrorKind::Unauthorized => certain(Check::Credentials),
            ErrorKind::Forbidden if self.mentions(&["rate limit"]) => certain(Check::Connection),
            ErrorKind::Forbidden if !self.missing_scopes.is_empty() || self.mentions(&["privilege scopes"]) => {
                certain(Check::Scopes)
            }
            ErrorKind::Forbidden if self.mentions(&["does not support authentication"]) => certain(Check::Credentials),
            ErrorKind::Forbidden => certain(Check::Repository),
            ErrorKind::Redirect if self.is_moved => certain(Check::Repository),
            ErrorKind::NotFound if self.has_other_body || self.mentions(&["no api hosted", "resource not found"]) => {
                certain(Check::Connection)
            }
            ErrorKind::NotFound
                if self.mentions(&[
                    "no workspace",
                    "may not have access",
                    "no longer exists",
                    "repository not found",
                ]) =>
            {
                certain(Check::Repository)
            }
            ErrorKind::NotFound if self.mentions(&["commit not found", "changeset not found"]) => {
                certain(Check::Commit)
            }
            // Which of the two Bitbucket does not know is not said.
            ErrorKind::NotFound => (Check::Commit, Check::Repository),
            ErrorKind::Transport | ErrorKind::Timeout if has_proxy && self.is_unconnected => certain(Check::Proxy),
            _ if self.status == Some(407) => certain(Check::Proxy),
            _ => certain(Check::Connection),
        }
    }
}

/// The findings in the order of the checks, and the exit code: that of the first failure.
pub(super) fn diagnose(facts: &Facts) -> (Vec<CheckResult>, ExitCode) {
    let (findings, exits): (Vec<_>, Vec<_>) = Check::ALL.into_iter().map(|check| diagnosis(facts, check)).unzip();
    (findings, exits.into_iter().find(|exit| *exit != ExitCode::Done).unwrap_or(ExitCode::Done))
}

fn diagnosis(facts: &Facts, check: Check) -> (CheckResult, ExitCode) {
    let finding = |verdict, found: String, remedy| CheckResult { check, verdict, found, remedy };
    if let Some(error) = facts.error(check) {
        // The name of the check is in front already.
        let problem = error.problem();
        let problem = problem.strip_prefix(check.name()).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(problem);
        let remedy = error.remedy().map(str::to_owned);
        return (finding(Verdict::Failure, problem.to_owned(), remedy), error.exit());
    }
    let found = facts.found(check);
    let not_checked = |first: Check| {
        let remedy = Some(format!("Correct the {} first", first.name()));
        (finding(Verdict::NotChecked, found.clone(), remedy), ExitCode::Done)
    };
    let Some(outcome) = &facts.outcome else {
        return not_checked(Check::ALL.into_iter().find(|check| facts.error(*check).is_some()).unwrap_or(check));
    };
    let has_proxy = facts.proxy.as_ref().is_ok_and(Option::is_some);
    let (verdict, found, remedy) = match (check, &outcome.result) {
        (Check::Clock, Err(refusal)) if outcome.date.is_none() && refusal.status.is_none() => {
            return not_checked(refusal.blamed(has_proxy).0);
        }
        (Check::Clock, _) => clock(outcome.now, outcome.date),
        (_, Err(refusal)) => {
            let (failed, first_unknown) = refusal.blamed(has_proxy);
            if check == failed {
                let remedy = facts.remedy_of_prefix(check).unwrap_or_else(|| refusal.remedy.clone());
                let found = match (check, &*refusal.missing_scopes) {
                    (Check::Scopes, missing @ [_, ..]) => join(&found, &format!("missing: {}", missing.join(", "))),
                    // What did not respond is named by the problem.
                    (Check::Connection, _) if refusal.status.is_none() => refusal.problem.clone(),
                    _ => join(&found, &refusal.problem),
                };
                return (finding(Verdict::Failure, found, Some(remedy)), refusal.exit);
            }
            if check >= first_unknown || check == Check::Scopes && refusal.granted_scopes.is_empty() {
                return not_checked(failed);
            }
            (Verdict::Ok, found, None)
        }
        (Check::Credentials, Ok(listing)) => credentials(facts, listing, found),
        (Check::Scopes, Ok(listing)) => (Verdict::Ok, scopes(listing), None),
        (Check::Commit, Ok(listing)) => {
            let statuses = listing.size.map(|size| match size {
                0 => ", without a status so far".to_owned(),
                1 => ", with 1 status".to_owned(),
                size => format!(", with {size} statuses"),
            });
            (Verdict::Ok, format!("{found}{}", statuses.unwrap_or_default()), None)
        }
        (_, Ok(_)) => (Verdict::Ok, found, None),
    };
    let exit = if verdict == Verdict::Failure { ExitCode::NotAllowed } else { ExitCode::Done };
    (finding(verdict, found, remedy), exit)
}

impl Facts {
    /// Why nothing can be sent.
    fn error(&self, check: Check) -> Option<&CliError> {
        match check {
            Check::Proxy => self.proxy.as_ref().err(),
            Check::Connection => self.connection.as_ref().err(),
            Check::Clock => self.clock.as_ref().err(),
            Check::Credentials => self.credentials.as_ref().err(),
            Check::Scopes => None,
            Check::Repository => self.repository.as_ref().err(),
            Check::Commit => self.commit.as_ref().err(),
        }
    }

    /// What was found without a request, or with the one that was refused.
    fn found(&self, check: Check) -> String {
        match check {
            Check::Proxy => self.proxy.clone().ok().flatten().unwrap_or_else(|| "none".to_owned()),
            Check::Connection => self.connection.clone().unwrap_or_default(),
            Check::Clock => "no response to compare it with".to_owned(),
            Check::Credentials => self.credentials.as_ref().map(CredentialFacts::description).unwrap_or_default(),
            Check::Scopes => match self.outcome.as_ref().map(|outcome| &outcome.result) {
                Some(Err(refusal)) if !refusal.granted_scopes.is_empty() => refusal.granted_scopes.join(", "),
                _ => "not reported".to_owned(),
            },
            Check::Repository => self.repository.clone().unwrap_or_default(),
            Check::Commit => self.commit.clone().unwrap_or_default(),
        }
    }

    /// What to do about refused credentials whose token begins like one of another kind.
    fn remedy_of_prefix(&self, check: Check) -> Option<String> {
        let warning = self.credentials.as_ref().ok().filter(|_| check == Check::Credentials)?.warning.as_ref()?;
        warning.remedy().map(str::to_owned)
    }
}

impl CredentialFacts {
    fn description(&self) -> String {
        let name = &self.name;
        match self.begins_like {
            Some(kind) => format!("{name}, which looks like {}", kind.name()),
            None if self.has_token => format!("{name} with an unknown prefix"),
            None => name.clone(),
        }
    }
}

/// What was found and what is wrong with it.
fn join(found: &str, problem: &str) -> String {
    if found.is_empty() { problem.to_owned() } else { format!("{found}: {problem}") }
}

fn credentials(facts: &Facts, listing: &Listing, found: String) -> (Verdict, String, Option<String>) {
    let warning = facts.credentials.as_ref().ok().and_then(|identity| identity.warning.as_ref());
    match (&listing.credential_type, warning) {
        (Some(kind), _) if kind == UNAUTHENTICATED => (
            Verdict::Failure,
            join(&found, "Bitbucket received no credentials, and returned only public data"),
            Some("Check whether a proxy or gateway in between removes the Authorization header".to_owned()),
        ),
        (_, Some(warning)) => {
            let remedy = warning.remedy().map(str::to_owned);
            (Verdict::Warning, join(&found, "Bitbucket accepted it nevertheless"), remedy)
        }
        (Some(kind), None) => (Verdict::Ok, format!("{found}; Bitbucket calls it {kind}"), None),
        (None, None) => (Verdict::Ok, found, None),
    }
}

fn scopes(listing: &Listing) -> String {
    match (&listing.granted_scopes, &listing.needed_scopes) {
        (Some(granted), Some(needed)) => format!("{granted}; needed: {needed}"),
        (Some(granted), None) => granted.clone(),
        (None, Some(needed)) => format!("not reported, but they suffice; needed: {needed}"),
        (None, None) => "not reported, but they suffice".to_owned(),
    }
}

fn clock(now: SystemTime, date: Option<SystemTime>) -> (Verdict, String, Option<String>) {
    let Some(date) = date else {
        let remedy = "Compare the clock of this machine with another one".to_owned();
        return (Verdict::NotChecked, "the response has no date".to_owned(), Some(remedy));
    };
    let (difference, direction) = match now.duration_since(date) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    if difference <= MAX_CLOCK_DIFFERENCE {
        return (Verdict::Ok, "within a minute of Bitbucket's".to_owned(), None);
    }
    let difference = humantime::format_duration(Duration::from_secs(difference.as_secs()));
    let remedy = "Set this machine's clock, preferably with NTP: with a wrong clock, certificates and tokens appear expired or not \
                  yet valid";
    (Verdict::Warning, format!("{difference} {direction} Bitbucket's"), Some(remedy.to_owned()))
}

#[cfg(test)]
mod tests;
