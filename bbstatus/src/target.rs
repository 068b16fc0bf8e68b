//! From the command line to a client and a commit to report on.

use std::{
    fmt::Display,
    panic::{self, AssertUnwindSafe},
    time::{Duration, SystemTime},
};

use bitbucket_build_status::{Client, ClientBuilder, Commit, Error, Key};
use tokio::{task::spawn_blocking, time::Instant};

use crate::{
    address::repository_named,
    args::{BuildOptions, ConnectionOptions, LocationOptions, Overwriting, PreviewOptions},
    build_info::{self, BuildInfo, Overrides},
    call_observer::CallObserver,
    ci,
    cli_error::CliError,
    context::Context,
    credentials::{self, CredentialSource},
    demo_sandbox::{self, DemoSandbox},
    exit::ExitCode,
    file, git,
    if_newer::OverwriteGuard,
    output,
    sourced::Sourced,
};

/// The maximum size of a file with certificates, in bytes.
const CA_FILE_LIMIT: u64 = 16 << 20;
/// The maximum duration of a single attempt: the library's default.
pub(crate) const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// A client, and the build that it reports on.
pub(crate) struct Target {
    pub(crate) client: Client,
    pub(crate) build_info: BuildInfo,
    /// Names the credentials without showing them.
    pub(crate) credential_source: CredentialSource,
    /// The sandbox of `--sandbox`, which ends with this value.
    pub(crate) demo_sandbox: Option<DemoSandbox>,
    request_timeout: Duration,
    retries: Option<u32>,
    call_observer: CallObserver,
}

impl Target {
    /// Makes the client and detects the build; with `--sandbox`, starts a sandbox.
    pub(crate) async fn open(
        context: &Context,
        location: &LocationOptions,
        build: Option<&BuildOptions>,
        connection: &ConnectionOptions,
        preview: &PreviewOptions,
    ) -> Result<Self, CliError> {
        if !preview.sends_nothing() {
            start_lookup_thread()?;
        }
        let overrides = overrides(context, location, build);
        let call_observer = CallObserver::default();
        let builder = client(context, connection, call_observer.clone())?;
        let (request_timeout, retries) = (connection.request_timeout, connection.retries);
        if preview.sandbox {
            let demo_sandbox = DemoSandbox::start().await?;
            let client =
                demo_sandbox.configure(builder).build().map_err(|error| refused(context, connection, error))?;
            let build_info = demo_sandbox::build_info(overrides);
            context.output.notes(&build_info.notes);
            let (credential_source, demo_sandbox) = (CredentialSource::Sandbox, Some(demo_sandbox));
            return Ok(Self {
                client,
                build_info,
                credential_source,
                demo_sandbox,
                request_timeout,
                retries,
                call_observer,
            });
        }
        let token_file = connection.token_file.as_deref();
        let token_file = token_file.map(|path| (path, context.option_label("token_file", "BBSTATUS_TOKEN_FILE")));
        let (credential_source, builder) = match credentials::find(token_file, &|name| std::env::var_os(name))? {
            Some(found) => {
                if let Some(warning) = &found.warning {
                    output::warning(warning);
                }
                (found.source, builder.credentials(found.credentials))
            }
            None if preview.sends_nothing() => (CredentialSource::None, builder),
            None => return Err(credentials::missing()),
        };
        if !preview.sends_nothing() {
            check_clock(&connection.api_url, SystemTime::now())?;
        }
        let client =
            builder.base_url(&connection.api_url).build().map_err(|error| refused(context, connection, error))?;
        let build_info = build_info::resolve(overrides, ci::detect(&ci::variable), &git::Git::default());
        context.output.notes(&build_info.notes);
        Ok(Self { client, build_info, credential_source, demo_sandbox: None, request_timeout, retries, call_observer })
    }

    /// The commit whose statuses are written and read.
    pub(crate) fn commit(&self) -> Result<Commit, CliError> {
        let (workspace, slug) = self.build_info.repository()?;
        Ok(self.client.commit(workspace, slug, self.build_info.commit()?)?)
    }

    /// The read before a report with this url, as `--if-newer` asks for.
    pub(crate) fn guard(
        &self,
        overwriting: Overwriting,
        commit: &Commit,
        key: &Key,
        url: Option<&str>,
    ) -> OverwriteGuard {
        let number = self.build_info.build_number.as_ref().map(|number| &*number.value);
        if overwriting.if_newer { OverwriteGuard::new(commit, key, url, number) } else { OverwriteGuard::off() }
    }

    /// Awaits a call, with a note on stderr if it is retried for more than two seconds. Only one call can run at a
    /// time.
    pub(crate) fn call<'a, T: 'a>(
        &'a self,
        context: &'a Context,
        call: impl Future<Output = T> + 'a,
    ) -> impl Future<Output = T> + 'a {
        self.call_with(Duration::MAX, |text| context.output.note(text), call)
    }

    /// Like [`call`](Self::call), for a call with another retry budget, which the note names.
    pub(crate) fn call_for<'a, T: 'a>(
        &'a self,
        context: &'a Context,
        how_long: &'a str,
        call: impl Future<Output = T> + 'a,
    ) -> impl Future<Output = T> + 'a {
        // Boxed first: the future around it would otherwise contain it twice.
        let call = Box::pin(call);
        async move { self.call_observer.watch(&self.plan(how_long), |text| context.output.note(text), call).await }
    }

    /// Like [`call`](Self::call), for a call that has at most this time, with another way to show the note.
    pub(crate) fn call_with<'a, T: 'a>(
        &'a self,
        time_left: Duration,
        announce: impl Fn(&str) + 'a,
        call: impl Future<Output = T> + 'a,
    ) -> impl Future<Output = T> + 'a {
        let call = Box::pin(call);
        async move {
            let timeout = self.request_timeout.min(time_left);
            let how_long = format!("for at most {} in all", humantime::format_duration(timeout));
            self.call_observer.watch(&self.plan(&how_long), announce, call).await
        }
    }

    fn plan(&self, how_long: &str) -> String {
        let verb = if self.retries == Some(0) { "waiting" } else { "retrying" };
        format!("{verb} {how_long}")
    }

    /// When the pause that Bitbucket asked for ends, or has ended.
    pub(crate) fn rate_limited_until(&self) -> Option<Instant> {
        self.call_observer.rate_limited_until()
    }

    /// Why the last attempt of the current call failed, if one has ended.
    pub(crate) fn last_problem(&self) -> Option<String> {
        self.call_observer.last_problem()
    }

    /// The time by Bitbucket's clock, from the `Date` of the last response; without one, by ours.
    pub(crate) fn server_time(&self) -> SystemTime {
        self.call_observer.date().unwrap_or_else(SystemTime::now)
    }

    /// With `--sandbox`, creates the status that the command reads.
    pub(crate) async fn seed_status(&self, context: &Context, key: &str) -> Result<(), CliError> {
        if let Some(demo_sandbox) = &self.demo_sandbox {
            context.output.note(&demo_sandbox.seed_status(&self.build_info, key).await?);
        }
        Ok(())
    }
}

/// What the user sets about the build, and where.
pub(crate) fn overrides(context: &Context, location: &LocationOptions, build: Option<&BuildOptions>) -> Overrides {
    let repository = context.sourced("repo", "BBSTATUS_REPO", location.repo.as_ref());
    let named = |found: Sourced<String>| Sourced { value: repository_named(&found.value), ..found };
    Overrides {
        repository: repository.map(named),
        commit: context.sourced("commit", "BBSTATUS_COMMIT", location.commit.as_ref()),
        refname: context.sourced("refname", "BBSTATUS_REFNAME", build.and_then(|build| build.refname.as_ref())),
        url: context.sourced("url", "BBSTATUS_URL", build.and_then(|build| build.url.as_ref())),
    }
}

/// Starts the thread that looks up names. The runtime would start it when the first name is looked up, and panics where
/// it cannot (`OS can't spawn worker thread: cause`): here that is an error.
fn start_lookup_thread() -> Result<(), CliError> {
    let started = catch_panic(|| spawn_blocking(|| ()));
    started.map(drop).map_err(|problem| no_thread(problem.split_once(": ").map_or(&*problem, |(_, cause)| cause)))
}

/// The result, or the text of the panic, which is not printed. Replaces the hook of the whole process: only for the
/// start, when nothing else runs that could panic.
pub(crate) fn catch_panic<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(hook);
    result.map_err(|panic| panic.downcast::<String>().map_or_else(|_| "no reason is known".to_owned(), |text| *text))
}

/// The error if no thread can be started.
pub(crate) fn no_thread(cause: impl Display) -> CliError {
    CliError::new(ExitCode::Failure, format!("no thread can be started: {cause}"))
        .help("Allow this process more memory, or more threads (ulimit -v, ulimit -u)")
}

/// Refuses https with a clock before 1970: the TLS library would panic.
pub(crate) fn check_clock(url: &str, now: SystemTime) -> Result<(), CliError> {
    if now >= SystemTime::UNIX_EPOCH || !url.starts_with("https:") {
        return Ok(());
    }
    let problem = "the clock of this machine is before 1970, and no certificate is valid then";
    Err(CliError::new(ExitCode::Failure, problem).help("Set the clock"))
}

/// The error for a setting that the library refused, with the name of its option or variable.
pub(crate) fn refused(context: &Context, connection: &ConnectionOptions, error: Error) -> CliError {
    let (label, address) = match error.field() {
        Some("base_url") => (context.option_label("api_url", "BBSTATUS_API_URL"), Some(&connection.api_url)),
        Some("oauth_token_url") => {
            (context.option_label("oauth_token_url", "BBSTATUS_OAUTH_TOKEN_URL"), connection.oauth_token_url.as_ref())
        }
        Some("ca" | "ca_pem") => (context.option_label("ca_file", "BBSTATUS_CA_FILE"), None),
        _ => return error.into(),
    };
    match address.filter(|address| is_plain_http(address)) {
        Some(address) => CliError::usage(format!(
            "{label}: expected an https URL (http is allowed only for this machine), got {address:?}"
        ))
        .help("Over http, credentials would travel unencrypted"),
        None => CliError::from(error).with_field_name(&label),
    }
}

/// Whether an address would be accepted with https.
fn is_plain_http(address: &str) -> bool {
    let rest = address.get(.."http://".len()).filter(|scheme| scheme.eq_ignore_ascii_case("http://"));
    rest.is_some() && !address.contains(['@', '?', '#', '%'])
}

/// A client with these settings, but without an address and credentials.
pub(crate) fn client(
    context: &Context,
    connection: &ConnectionOptions,
    call_observer: CallObserver,
) -> Result<ClientBuilder, CliError> {
    let mut builder = Client::builder()
        .user_agent(concat!("bbstatus/", env!("CARGO_PKG_VERSION")))
        .total_timeout(connection.request_timeout)
        .attempt_timeout(connection.request_timeout.min(ATTEMPT_TIMEOUT))
        .max_retries(connection.retries);
    if let Some(path) = &connection.ca_file {
        let pem = file::read(path, CA_FILE_LIMIT).map_err(|cause| {
            let label = context.option_label("ca_file", "BBSTATUS_CA_FILE");
            CliError::usage(format!("{label}: expected a file, got {}: {cause}", path.display()))
                .help("Pass a readable file with certificates in PEM format")
        })?;
        builder = builder.ca_pem(pem);
    }
    if !connection.has_retry_quota {
        builder = builder.retry_quota(None);
    }
    if let Some(url) = &connection.oauth_token_url {
        builder = builder.oauth_token_url(url);
    }
    let verbosity = context.output.verbosity();
    Ok(builder.observe(move |exchange| {
        if verbosity > 0 {
            output::exchange(exchange, verbosity > 1);
        }
        call_observer.record(exchange);
    }))
}
