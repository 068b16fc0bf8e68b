//! `bbstatus sandbox`: a Bitbucket on 127.0.0.1 for tests.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bitbucket_build_status::{
    Error,
    sandbox::{self, Seed},
};
use clap::Args;
use serde_json::json;

use crate::{
    args::number,
    exit::Exit,
    failure::Failure,
    output::{self, JSON_VERSION},
    session::Session,
};

/// Run a Bitbucket on 127.0.0.1 for tests, until it is interrupted.
///
/// Its address stands on stdout, as a line of JSON; each request is logged on stderr.
#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// The port; 0 takes a free one.
    #[arg(long, env = "BBSTATUS_SANDBOX_PORT", default_value_t = 0,
          value_parser = |text: &str| number::<u16>(text, "0 to 65535"))]
    pub(crate) port: u16,
    /// What it holds at first, as JSON: repositories, statuses, identities, assumptions.
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
}

pub(crate) async fn run(args: Sandbox, session: &mut Session) -> Result<Exit, Failure> {
    let mut builder = sandbox::Sandbox::builder().port(args.port);
    if let Some(path) = &args.seed {
        let seed = fs::read_to_string(path).map_err(|cause| {
            Failure::usage(format!("seed {}: {cause}", path.display())).help("Give a file that can be read")
        })?;
        builder = builder.seed(Seed::from_json(&seed).map_err(|error| refused(error, args.seed.as_deref()))?);
    }
    if !session.output.is_quiet() {
        builder = builder.on_request(|received| output::log(&received.to_string()));
    }
    // Before the address is known to anybody who might end it.
    let ended = ended().map_err(|cause| Failure::new(Exit::Failure, format!("signals cannot be received: {cause}")))?;
    let sandbox = builder.start().await.map_err(|error| refused(error, args.seed.as_deref()))?;
    let (url, oauth_token_url) = (sandbox.url(), sandbox.oauth_token_url());
    session.output.json(&json!({"version": JSON_VERSION, "url": url, "oauth_token_url": oauth_token_url}))?;
    session.output.finish()?;
    session.output.note(&format!("a sandbox runs at {url} until it is interrupted; any credentials are taken"));
    ended.await;
    Ok(Exit::Done)
}

/// Why there is no sandbox, with the seed's file where that is to blame.
fn refused(error: Error, seed: Option<&Path>) -> Failure {
    match (error.field(), seed) {
        (Some("seed"), Some(path)) => Failure::from(error).called(&format!("seed {}", path.display())),
        (Some("workspace" | "repo_slug" | "url" | "refname" | "key"), Some(path)) => {
            Failure::from(error).because(&format!("seed {}", path.display()))
        }
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
