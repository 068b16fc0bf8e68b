//! The document, the generated code and the wire say the same thing.
//!
//! | file | claim |
//! | --- | --- |
//! | `contract.rs` | the document holds the contract this project was started from, row by row |
//! | `projection.rs` | the document as JSON Schema accepts and refuses what the document does |
//! | `generated.rs` | the generated code has every operation, and types whose JSON Schema is the document's |
//! | `examples.rs` | every schema, parameter, header, body and response has an example that it accepts |
//! | `acceptance.rs` | the document accepts of responses and ids what the client accepts, with the same limits |
//! | `observed.rs` | the sandbox does what public sources and recordings show, and each difference has a name |
//! | `requests.rs` | what the client puts on the wire is what the document describes, byte for byte |
//! | `refusals.rs` | bad input is refused before anything is sent, with the field and what is expected |
//! | `sandbox.rs` | the sandbox responds as the document says, and where it is stricter the rule has a name |

#[path = "../../spec/json_schema.rs"]
mod json_schema;

mod acceptance;
mod contract;
mod document;
mod examples;
mod generated;
mod observed;
mod projection;
mod refusals;
mod requests;
mod sandbox;
mod server;
