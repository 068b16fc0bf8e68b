//! The document, the generated code and the requests on the wire agree.
//!
//! | file | claim |
//! | --- | --- |
//! | `contract.rs` | the document fulfils the contract that the project started from, row by row |
//! | `projection.rs` | the document as JSON Schema accepts and refuses the same values |
//! | `generated.rs` | the generated code has every operation, and types with the JSON Schema of the document |
//! | `examples.rs` | every schema, parameter, header, body and response has an example that it accepts |
//! | `acceptance.rs` | the document and the client accept the same responses and ids |
//! | `observed.rs` | the sandbox behaves as public sources and recordings show; each difference has a reason |
//! | `requests.rs` | the client sends what the document describes, byte for byte |
//! | `refusals.rs` | invalid input is refused before anything is sent, with the field and the expected value |
//! | `sandbox.rs` | the sandbox responds as the document says; where it is stricter, a rule has a name |

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
