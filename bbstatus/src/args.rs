//! The options that several commands have, each with its environment variable, and how values are parsed.

mod options;
mod values;

pub(crate) use self::{
    options::{
        BuildOptions, ConnectionOptions, Format, LocationOptions, OutputOptions, Overwriting, PreviewOptions,
        StatusOptions, Verbosity,
    },
    values::{duration, number, positive_duration, pull_request, state, states},
};
