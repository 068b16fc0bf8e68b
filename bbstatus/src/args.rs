//! The options that several commands have, each with its environment variable, and how values are parsed.

mod options;
mod run;
mod values;

pub(crate) use self::{
    options::{Build, Connection, Content, Format, Overwriting, Place, Presentation, Trying, Verbosity},
    run::Run,
    values::{duration, number, pull_request, state, states},
};
