//! `bbstatus sandbox`: a Bitbucket on 127.0.0.1 for tests.

use std::{
    io,
    path::{Path, PathBuf},
};

use bitbucket_build_status::{
    Error,
    sandbox::{self, SandboxBuilder, Seed},
};
use clap::Args;
use serde_json::json;

use crate::{
    args::number,
    cli_error::CliError,
    context::Context,
    exit::ExitCode,
    file,
    output::{self, JSON_VERSION},
};

/// Run a local sandbox of the Bitbucket API for tests, until it is interrupted.
///
/// Prints its addresses and credentials as one line of JSON on stdout, and logs each request on stderr.
#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// The port; 0 for any free port.
    #[arg(long, env = "BBSTATUS_SANDBOX_PORT", default_value_t = 0,
          value_parser = |text: &str| number::<u16>(text, "0 to 65535"))]
    pub(crate) port: u16,
    /// The address to listen on, or a name that resolves to one. Everyone who can reach it can use the sandbox.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// The URL at which clients reach the sandbox, if it is not the address that it listens on; links in responses
    /// begin with it.
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Also accept requests for this host, in addition to loopback and the hosts above; repeatable.
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_host: Vec<String>,
    /// A JSON file with the initial repositories, statuses, identities and assumptions.
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
}

/// The maximum size of a seed file.
const SEED_LIMIT: u64 = 64 << 20;

pub(crate) async fn run(args: Sandbox, context: &mut Context) -> Result<ExitCode, CliError> {
    let mut builder = sandbox::Sandbox::builder().host(&args.host).port(args.port);
    if let Some(url) = &args.public_url {
        builder = builder.public_url(url);
    }
    builder = args.allow_host.iter().fold(builder, SandboxBuilder::allow_host);
    let mut identities = Vec::new();
    if let Some(path) = &args.seed {
        let seed = file::read(path, SEED_LIMIT).and_then(|seed| String::from_utf8(seed).map_err(io::Error::other));
        let seed = seed.map_err(|cause| {
            CliError::usage(format!("seed {}: {cause}", path.display())).help("Pass a readable file")
        })?;
        let seed = Seed::from_json(&seed).map_err(|error| refused(error, args.seed.as_deref()))?;
        identities.extend(seed.identities.iter().map(|identity| identity.name().to_owned()));
        builder = builder.seed(seed);
    }
    if !context.output.is_quiet() {
        builder = builder.on_request(|received| output::log(&received.to_string()));
    }
    // Before the address is printed: its reader may stop the sandbox at once.
    let ended =
        ended().map_err(|cause| CliError::new(ExitCode::Failure, format!("signals cannot be handled: {cause}")))?;
    let sandbox = builder.start().await.map_err(|error| refused(error, args.seed.as_deref()))?;
    let (url, oauth_token_url) = (sandbox.url(), sandbox.oauth_token_url());
    let mut data = json!({"version": JSON_VERSION, "url": url, "oauth_token_url": oauth_token_url});
    data["control_url"] = sandbox.control_url().into();
    let credentials = if identities.is_empty() {
        data["token"] = sandbox::Sandbox::TOKEN.into();
        data["email"] = sandbox::Sandbox::EMAIL.into();
        data["client_id"] = sandbox::Sandbox::CLIENT_ID.into();
        data["client_secret"] = sandbox::Sandbox::CLIENT_SECRET.into();
        format!("its token is {}", sandbox::Sandbox::TOKEN)
    } else {
        format!("it accepts the credentials that the seed has for {}", identities.join(", "))
    };
    context.output.json(&data)?;
    context.output.finish()?;
    context.output.note(&format!("a sandbox runs at {url} until it is interrupted; {credentials}"));
    ended.await;
    Ok(ExitCode::Done)
}

/// Why the sandbox did not start, with the seed file if that is the cause.
fn refused(error: Error, seed: Option<&Path>) -> CliError {
    match (error.field(), seed) {
        (Some("seed"), Some(path)) => CliError::from(error).with_field_name(&format!("seed {}", path.display())),
        (Some("workspace" | "repo_slug" | "url" | "refname" | "key"), Some(path)) => {
            CliError::from(error).context(&format!("seed {}", path.display()))
        }
        (Some("public_url"), _) => CliError::from(error).with_field_name("--public-url"),
        (Some("allow_host"), _) => CliError::from(error).with_field_name("--allow-host"),
        _ => error.into(),
    }
}

/// Ends with SIGINT or SIGTERM.
#[cfg(unix)]
fn ended() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends with Ctrl-C.
#[cfg(windows)]
fn ended() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
