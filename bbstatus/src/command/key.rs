//! `bbstatus key`: the key that a name is reported under.

use bitbucket_build_status::Key;
use serde_json::json;

use crate::{
    args::{self, Format},
    exit::Exit,
    failure::Failure,
    output::{JSON_VERSION, plain},
    session::Session,
};

pub(crate) fn run(args: &args::Key, session: &mut Session) -> Result<Exit, Failure> {
    let key = Key::shorten(&args.name)?;
    let shortened = key.as_str() != args.name;
    match args.presentation.output {
        Format::Table => session.output.line(&plain(key.as_str()))?,
        Format::Json => session.output.json(&json!({
            "version": JSON_VERSION, "key": key, "name": args.name, "shortened": shortened,
        }))?,
    }
    Ok(Exit::Done)
}
