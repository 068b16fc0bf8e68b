//! `bbstatus probe`: checks the sandbox's assumptions against the live API.

mod questions;
mod redact;

use std::{
    fs::File,
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use bitbucket_build_status::{
    Client, Credentials, State,
    generated::{self, ClientInfo as _},
    sandbox::{Sandbox, Seed},
};
use clap::Args;
use http::{HeaderMap, Method, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use progenitor_client::{ClientHooks as _, OperationInfo};
use serde::Serialize;
use serde_json::{Map, Value, json};
use unicode_width::UnicodeWidthStr as _;

use self::{
    questions::{
        Body, Defaults, Fact, KEYS, KnownFacts, NOT_ASKED, QUESTIONS, Question, Sender, Step, URL, baseline, observed,
        repository,
    },
    redact::Redaction,
};
use crate::{
    args::{ConnectionOptions, Format, LocationOptions, OutputOptions, PreviewOptions},
    ci,
    cli_error::CliError,
    context::Context,
    credentials::CredentialSource,
    demo_sandbox,
    exit::ExitCode,
    output::{JSON_VERSION, sanitize},
    target::{Target, overrides},
};

/// The maximum number of requests.
pub(crate) const MAX_REQUESTS: usize = 60;
/// The maximum number of bytes that are read of a response.
const MAX_BYTES: usize = 1 << 20;
/// An access token of another user, to learn what an overwrite by another user leads to.
const OTHER_TOKEN: &str = "BBSTATUS_OTHER_TOKEN";

/// What a segment of a path may have as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Check the sandbox's assumptions and testable rules against Bitbucket, with one question for each.
///
/// Writes statuses under keys of its own, which all end SUCCESSFUL and cannot be deleted: use a commit that no one
/// builds. Sends at most 60 requests, without retries.
#[derive(Debug, Args)]
#[command(hide = true, after_help = AFTER_HELP)]
pub(crate) struct Probe {
    #[command(flatten)]
    pub(crate) location: LocationOptions,
    /// A branch of the repository, to be tried in place of a commit [default: its main branch].
    #[arg(long, value_name = "NAME", help_heading = "Where")]
    pub(crate) branch: Option<String>,
    /// Write a redacted recording to this file, to send it back.
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Do not ask before the first write.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Rehearse with a sandbox on 127.0.0.1, without an account.
    #[arg(long)]
    pub(crate) sandbox: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionOptions,
    #[command(flatten)]
    pub(crate) output_options: OutputOptions,
}

const AFTER_HELP: &str = "Environment:\n  BBSTATUS_OTHER_TOKEN\n      an access token of another user, to ask what an \
                          overwrite by another user leads to\n\nExit codes: 0 if everything is as assumed, 1 for \
                          differences, other codes as for every command.";

pub(crate) async fn run(args: Probe, context: &mut Context) -> Result<ExitCode, CliError> {
    let mut prober = Prober::open(&args, context).await?;
    confirm(&args, context, &prober)?;
    // Before the first request: statuses cannot be deleted, and a recording that is lost would need them again.
    let mut record = args.record.as_deref().map(Record::create).transpose()?;
    let first = prober.begin().await?;
    let mut findings = Vec::new();
    for question in QUESTIONS {
        findings.push(prober.ask(question).await);
    }
    prober.end().await?;
    if let Some(record) = &mut record {
        record.write(&prober.recording(&first, &findings))?;
    }
    let differences = findings.iter().filter(|finding| finding.verdict == Comparison::Differs).count();
    write(context, args.output_options.output, &findings, differences)?;
    context.output.note(&format!("{} requests were sent", prober.sent));
    Ok(if differences == 0 { ExitCode::Done } else { ExitCode::Failure })
}

/// The file of `--record`.
struct Record<'a> {
    path: &'a Path,
    file: File,
}

impl<'a> Record<'a> {
    fn create(path: &'a Path) -> Result<Self, CliError> {
        Ok(Self { path, file: File::create(path).map_err(|cause| Self::failed(path, &cause))? })
    }

    fn write(&mut self, recording: &Value) -> Result<(), CliError> {
        self.file.write_all(format!("{recording:#}\n").as_bytes()).map_err(|cause| Self::failed(self.path, &cause))
    }

    fn failed(path: &Path, cause: &io::Error) -> CliError {
        CliError::new(ExitCode::Failure, format!("--record {}: {cause}", path.display()))
            .help("Pass a file that can be written")
    }
}

/// Lists what will be written, and asks for confirmation, unless `--yes` was passed or nothing leaves this machine.
fn confirm(args: &Probe, context: &Context, prober: &Prober) -> Result<(), CliError> {
    context.output.note(&format!(
        "this writes the statuses {} on {} of {}, all SUCCESSFUL; statuses cannot be deleted. At most {MAX_REQUESTS} \
         requests are sent",
        KEYS.join(", "),
        prober.commit,
        prober.repository_name(),
    ));
    if args.yes || is_loopback(prober.client.base_url()) {
        return Ok(());
    }
    let refused = || CliError::usage("nothing was sent: the writes were not confirmed").help("Answer y, or pass --yes");
    if !io::stdin().is_terminal() {
        return Err(refused());
    }
    context.output.block("Continue? [y/N]");
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    if read.is_ok() && matches!(line.trim(), "y" | "Y" | "yes") { Ok(()) } else { Err(refused()) }
}

fn is_loopback(url: &str) -> bool {
    let host = url.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default();
    let host = host.trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// The result of a question.
#[derive(Debug, Serialize)]
struct QuestionResult {
    name: &'static str,
    question: &'static str,
    assumed: String,
    observed: String,
    verdict: Comparison,
    #[serde(skip)]
    exchanges: Vec<Value>,
}

/// How what was observed compares with what is assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Comparison {
    AsAssumed,
    Differs,
    NotAsked,
}

impl Comparison {
    fn words(self) -> &'static str {
        match self {
            Self::AsAssumed => "as assumed",
            Self::Differs => "DIFFERS",
            Self::NotAsked => "not asked",
        }
    }
}

/// A response.
struct Received {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Received {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether a sandbox has found something that does not exist.
    fn is_an_open_sandbox(&self) -> bool {
        (200..300).contains(&self.status) && self.header("server") == Some("bitbucket-build-status-sandbox")
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Questions about what a seed names: without one, a sandbox has every repository, commit, branch and pull request.
const SEEDED: [&str; 4] = ["repository-known", "commit-known", "branch-known", "pull-request-known"];

/// Sends the requests of questions.
struct Prober {
    client: Client,
    generated: generated::Client,
    workspace: String,
    slug: String,
    commit: String,
    branch: Option<String>,
    uuid: Option<String>,
    facts: KnownFacts,
    defaults: Defaults,
    redaction: Redaction,
    other_token: Option<String>,
    api_token: Option<String>,
    timeout: std::time::Duration,
    sent: usize,
    /// Why no more requests are sent, if the probe was stopped.
    stopped: Option<String>,
    /// The sandbox of `--sandbox`, which ends with this value.
    _sandbox: Option<Sandbox>,
}

/// What the sandbox of `--sandbox` has: enough for every question.
const SANDBOX_SEED: &str = r#"{
  "repositories": [{
    "name": "acme/rocket",
    "commits": ["e10dae226959c2194f2b07b077c07762d93821cf"],
    "branches": {"main": "e10dae226959c2194f2b07b077c07762d93821cf"}
  }],
  "identities": [
    {"name": "probe", "email": "probe@example.com", "token": "sandbox-token"},
    {"name": "other", "token": "sandbox-other-token"}
  ]
}"#;

impl Prober {
    async fn open(args: &Probe, context: &Context) -> Result<Self, CliError> {
        let (client, build_info, other_token, api_token, sandbox) = if args.sandbox {
            let sandbox = Sandbox::builder().seed(Seed::from_json(SANDBOX_SEED)?).start().await?;
            let credentials = Credentials::api_token("probe@example.com", "sandbox-token".to_owned())?;
            let client = Client::builder().base_url(sandbox.url()).credentials(credentials).build()?;
            let build_info = demo_sandbox::build_info(overrides(context, &args.location, None));
            let (other, own) = ("sandbox-other-token".to_owned(), "sandbox-token".to_owned());
            (client, build_info, Some(other), Some(own), Some(sandbox))
        } else {
            let preview = PreviewOptions { sandbox: false, dry_run: false, curl: false };
            let target = Target::open(context, &args.location, None, &args.connection, &preview).await?;
            let api_token =
                (target.credential_source == CredentialSource::ApiToken).then(|| ci::variable("BITBUCKET_API_TOKEN"));
            (target.client, target.build_info, ci::variable(OTHER_TOKEN), api_token.flatten(), None)
        };
        let (workspace, slug) = build_info.repository()?;
        let (workspace, slug, commit) = (workspace.to_owned(), slug.to_owned(), build_info.commit()?.to_owned());
        // No retries: each request is sent once, so that their number is known and a failure is what is observed.
        let client = client.to_builder().max_retries(0).build()?;
        let mut redaction = Redaction::default();
        redaction.hide(&workspace, "{workspace}");
        redaction.hide(&slug, "{repo_slug}");
        redaction.hide(&commit, "{commit}");
        let secrets = ["BITBUCKET_TOKEN", "BITBUCKET_API_TOKEN", "BITBUCKET_CLIENT_ID", "BITBUCKET_CLIENT_SECRET"];
        for secret in secrets.into_iter().filter_map(ci::variable) {
            redaction.hide(&secret, "<secret>");
        }
        for secret in other_token.iter().chain(&api_token) {
            redaction.hide(secret, "<secret>");
        }
        redaction.hide(&ci::variable("BITBUCKET_EMAIL").unwrap_or_default(), "<address>");
        let tokens = [(other_token.is_some(), Fact::OtherToken), (api_token.is_some(), Fact::ApiToken)];
        let known = tokens.into_iter().filter(|(known, _)| *known).map(|(_, fact)| fact).collect();
        let facts = KnownFacts { known, credential_type: None };
        Ok(Self {
            generated: client.generated(),
            client,
            workspace,
            slug,
            commit,
            branch: args.branch.clone(),
            uuid: None,
            facts,
            defaults: Defaults::of_the_sandbox(),
            redaction,
            other_token,
            api_token,
            timeout: args.connection.request_timeout,
            sent: 0,
            stopped: None,
            _sandbox: sandbox,
        })
    }

    fn repository_name(&self) -> String {
        format!("{}/{}", self.workspace, self.slug)
    }

    /// Sends the first two requests, which establish the facts that the questions need. If the first fails, the error
    /// is that of a report.
    async fn begin(&mut self) -> Result<Vec<Value>, CliError> {
        let mut exchanges = Vec::new();
        let created = self.send(&baseline()).await?;
        exchanges.push(self.exchange(&baseline(), &created));
        if !(200..300).contains(&created.status) {
            return Err(self.explain_refusal(created.status).await?);
        }
        self.facts.credential_type = created.header("x-credential-type").map(str::to_owned);
        let status = created.json();
        if let Some(hash) = status["commit"]["hash"].as_str().filter(|hash| hash.len() == 40 && hash.is_ascii()) {
            hash.clone_into(&mut self.commit);
            for digits in [hash.len(), 7, 6] {
                self.redaction.hide(&hash[..digits], "{commit}");
            }
            self.facts.known.push(Fact::FullHash);
        }
        let known = self.send(&repository()).await?;
        exchanges.push(self.exchange(&repository(), &known));
        for source in [&known.json(), &status["repository"]] {
            if let Some(uuid) = source["uuid"].as_str() {
                self.redaction.hide(uuid, "{uuid}");
                self.uuid.get_or_insert_with(|| uuid.to_owned());
            }
            if let Some(branch) = source["mainbranch"]["name"].as_str() {
                self.branch.get_or_insert_with(|| branch.to_owned());
            }
        }
        let learnt = [(self.uuid.is_some(), Fact::Uuid), (self.branch.is_some(), Fact::Branch)];
        self.facts.known.extend(learnt.into_iter().filter(|(known, _)| *known).map(|(_, fact)| fact));
        Ok(exchanges)
    }

    /// The error of a first status that was refused. It is sent once more, as a report, whose error has an explanation.
    async fn explain_refusal(&mut self, status: u16) -> Result<CliError, CliError> {
        self.sent += 1;
        let commit = self.client.commit(&self.workspace, &self.slug, &self.commit)?;
        let report = commit.set(KEYS[0], State::Successful, URL).send().await;
        let problem = format!("the first status was refused: {}", observed(status));
        Ok(report.err().map_or_else(|| CliError::new(ExitCode::Refused, problem), CliError::from))
    }

    /// Asks a question, unless that is not possible.
    async fn ask(&mut self, question: &Question) -> QuestionResult {
        let (name, text) = (question.name, question.text);
        let not_asked = |reason: &str| QuestionResult {
            name,
            question: text,
            assumed: String::new(),
            observed: reason.to_owned(),
            verdict: Comparison::NotAsked,
            exchanges: Vec::new(),
        };
        let steps = match (&self.stopped, (question.steps)(&self.facts, &self.defaults)) {
            (Some(reason), _) => return not_asked(reason),
            (None, Err(reason)) => return not_asked(reason),
            (None, Ok(steps)) => steps,
        };
        let (mut assumed, mut seen, mut exchanges, mut holds) = (Vec::new(), Vec::new(), Vec::new(), true);
        for step in &steps {
            let received = match self.send(step).await {
                Ok(received) => received,
                Err(error) => {
                    self.stopped = Some(format!("stopped: {}", self.redaction.text(error.problem())));
                    return not_asked(error.problem());
                }
            };
            exchanges.push(self.exchange(step, &received));
            if received.status == 429 {
                let retry_after = if received.header("retry-after").is_some() { "with" } else { "without" };
                self.stopped = Some(format!("stopped by a 429 {retry_after} Retry-After"));
                return QuestionResult { exchanges, ..not_asked(&format!("a 429 {retry_after} Retry-After")) };
            }
            if SEEDED.contains(&name) && received.is_an_open_sandbox() {
                return QuestionResult { exchanges, ..not_asked("a sandbox whose seed names none has all of them") };
            }
            if let Some(expected) = step.assumed {
                assumed.push(expected.to_string());
                seen.push(observed(received.status));
                holds &= expected.holds(received.status);
            }
        }
        let verdict = if holds { Comparison::AsAssumed } else { Comparison::Differs };
        QuestionResult {
            name,
            question: text,
            assumed: assumed.join(", "),
            observed: seen.join(", "),
            verdict,
            exchanges,
        }
    }

    /// Leaves the first key as a report would.
    async fn end(&mut self) -> Result<(), CliError> {
        if self.stopped.is_none() { self.send(&baseline()).await.map(drop) } else { Ok(()) }
    }

    async fn send(&mut self, step: &Step) -> Result<Received, CliError> {
        if self.sent >= MAX_REQUESTS {
            return Err(CliError::new(ExitCode::Failure, format!("{MAX_REQUESTS} requests were sent")));
        }
        self.sent += 1;
        let url = format!("{}{}", self.client.base_url(), self.path(&step.path));
        let method = Method::from_bytes(step.method.as_bytes()).unwrap_or_default();
        let mut request = self.generated.client().request(method, url).header(header::ACCEPT, "application/json");
        request = match &step.body {
            Body::None => request,
            Body::Json(body) => request.header(header::CONTENT_TYPE, "application/json").body(body.to_string()),
            Body::Text(kind, text) => request.header(header::CONTENT_TYPE, *kind).body(*text),
        };
        let authorization = match step.sender {
            Sender::Own | Sender::Anonymous => None,
            Sender::WrongToken => Some("bbstatus-probe"),
            Sender::Other => self.other_token.as_deref(),
            Sender::ApiTokenAsBearer => self.api_token.as_deref(),
        };
        if let Some(token) = authorization {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let failed = |cause: &dyn std::error::Error| {
            let causes = std::iter::successors(Some(cause), |cause| cause.source()).last();
            CliError::new(ExitCode::Unavailable, causes.map_or_else(String::new, ToString::to_string))
        };
        let request = request.build().map_err(|cause| failed(&cause.without_url()))?;
        let sent = async {
            let mut response = match step.sender {
                Sender::Own => self.generated.exec(request, &OperationInfo { operation_id: "get_build_status" }).await,
                _ => self.generated.client().execute(request).await,
            }
            .map_err(|cause| failed(&cause.without_url()))?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|cause| failed(&cause.without_url()))? {
                body.extend_from_slice(&chunk);
                if body.len() > MAX_BYTES {
                    break;
                }
            }
            Ok(Received { status, headers, body })
        };
        match tokio::time::timeout(self.timeout, sent).await {
            Ok(outcome) => outcome.inspect(|received| self.redaction.learn(&received.json())),
            Err(_) => Err(CliError::new(ExitCode::Unavailable, "no response in time")),
        }
    }

    /// A path with the names for its placeholders.
    fn path(&self, template: &str) -> String {
        let segment = |name: &str| utf8_percent_encode(name, SEGMENT).to_string();
        let mut path = template
            .replace("{workspace}", &segment(&self.workspace))
            .replace("{repo_slug}", &segment(&self.slug))
            .replace("{commit}", &segment(&self.commit))
            .replace("{branch}", &segment(self.branch.as_deref().unwrap_or_default()))
            .replace("{uuid}", &segment(self.uuid.as_deref().unwrap_or_default()));
        // The first digits of the commit, as in {commit:7}.
        if let Some((before, rest)) = path.split_once("{commit:")
            && let Some((digits, after)) = rest.split_once('}')
        {
            let short: String = self.commit.chars().take(digits.parse().unwrap_or_default()).collect();
            path = format!("{before}{short}{after}");
        }
        path
    }

    /// A request and its response as they are recorded.
    fn exchange(&self, step: &Step, received: &Received) -> Value {
        let mut request = json!({"method": step.method, "path": step.path});
        match &step.body {
            Body::None => {}
            Body::Json(body) => request["json"] = shortened(body),
            Body::Text(kind, text) => request["text"] = json!({"type": kind, "body": text}),
        }
        request["sender"] = json!(match step.sender {
            Sender::Own => "own",
            Sender::Anonymous => "anonymous",
            Sender::WrongToken => "wrong_token",
            Sender::Other => "other",
            Sender::ApiTokenAsBearer => "api_token_as_bearer",
        });
        let headers = received.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let headers = self.redaction.headers(headers);
        let body = self.redaction.body(&received.body);
        json!({"request": request, "response": {"status": received.status, "headers": headers, "body": body}})
    }

    /// The recording, for `tests/recordings`.
    fn recording(&self, first: &[Value], findings: &[QuestionResult]) -> Value {
        let questions = findings.iter().map(|finding| {
            let mut question = json!(finding);
            question["exchanges"] = json!(finding.exchanges);
            question["observed"] = json!(self.redaction.text(&finding.observed));
            question
        });
        let not_asked = NOT_ASKED.iter().map(|(name, reason)| ((*name).to_owned(), json!(reason)));
        json!({
            "version": JSON_VERSION,
            "source": "bbstatus probe",
            "bbstatus": env!("CARGO_PKG_VERSION"),
            "date": today(),
            "api": if is_loopback(self.client.base_url()) { "loopback" } else { "live" },
            "credentials": self.facts.credential_type.as_deref().map(|kind| self.redaction.text(kind)),
            "first": first,
            "questions": questions.collect::<Vec<_>>(),
            "not_asked": not_asked.collect::<Map<_, _>>(),
        })
    }
}

/// Today, as in `2026-11-20`.
fn today() -> String {
    // A time before 1970 cannot be formatted.
    let now = SystemTime::now().max(SystemTime::UNIX_EPOCH);
    humantime::format_rfc3339_seconds(now).to_string().chars().take(10).collect()
}

/// A body whose long texts are replaced by their length: each consists of one repeated letter.
fn shortened(body: &Value) -> Value {
    match body {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), shortened(value))).collect::<Map<_, _>>().into()
        }
        Value::String(text) if text.len() > 100 => json!(format!("<{} characters>", text.chars().count())),
        other => other.clone(),
    }
}

/// The table, or the same for programs.
fn write(
    context: &mut Context,
    format: Format,
    findings: &[QuestionResult],
    differences: usize,
) -> Result<(), CliError> {
    if format == Format::Json {
        context.output.json(&json!({"version": JSON_VERSION, "differences": differences, "questions": findings}))?;
        return Ok(());
    }
    let heading = ["VERDICT", "NAME", "QUESTION", "ASSUMED", "OBSERVED"].map(str::to_owned);
    let rows = findings.iter().map(|finding| {
        let QuestionResult { name, question, assumed, observed, verdict, .. } = finding;
        [verdict.words(), *name, *question, &**assumed, &**observed].map(|cell| sanitize(cell).into_owned())
    });
    let rows: Vec<_> = std::iter::once(heading).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or_default();
    let widths: [usize; 5] = std::array::from_fn(width);
    for row in &rows {
        let cells = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width()))));
        context.output.line(cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}
