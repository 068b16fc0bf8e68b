//! The options that several commands have, each with its environment variable, and how values are parsed.

mod options;
mod values;

pub(crate) use self::{
    options::{Build, Connection, Content, Format, Overwriting, Place, Presentation, Trying, Verbosity},
    values::{duration, number, positive_duration, pull_request, state, states},
};
