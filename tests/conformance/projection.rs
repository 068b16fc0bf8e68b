//! The document as JSON Schema accepts and refuses the same values as the document.

use serde_json::{Value, json};

use super::document::validator;
use crate::json_schema::project;

#[test]
fn openapis_own_keywords_become_json_schemas() {
    let table = [
        (json!({ "type": "string", "nullable": true }), json!({ "type": ["string", "null"] })),
        (json!({ "type": "string", "nullable": false }), json!({ "type": "string" })),
        (
            json!({ "type": "string", "nullable": true, "enum": ["a"] }),
            json!({ "type": ["string", "null"], "enum": ["a", null] }),
        ),
        (json!({ "minimum": 1, "exclusiveMinimum": true }), json!({ "exclusiveMinimum": 1 })),
        (json!({ "maximum": 9, "exclusiveMaximum": false }), json!({ "maximum": 9 })),
        (json!({ "$ref": "#/components/schemas/State" }), json!({ "$ref": "#/$defs/State" })),
        (json!({ "type": "string", "x-rust-type": {} }), json!({ "type": "string" })),
        (
            json!({ "items": { "nullable": true, "type": "object" } }),
            json!({ "items": { "type": ["object", "null"] } }),
        ),
        (json!({ "allOf": [{ "x-a": 1 }] }), json!({ "allOf": [{}] })),
        (
            json!({ "properties": { "nullable": { "type": "string", "nullable": true } } }),
            json!({ "properties": { "nullable": { "type": ["string", "null"] } } }),
        ),
        (json!({ "additionalProperties": { "x-a": 1 } }), json!({ "additionalProperties": {} })),
        (json!({ "additionalProperties": false }), json!({ "additionalProperties": false })),
    ];
    for (mut schema, expected) in table {
        let before = schema.clone();
        project(&mut schema);
        assert_eq!(schema, expected, "{before}");
    }
}

#[test]
fn bodies_are_accepted_and_refused_as_in_the_document() {
    let key_of =
        |length: usize| json!({ "key": "k".repeat(length), "state": "FAILED", "url": "https://ci.example.com" });
    let table: [(&str, Value, bool); 14] = [
        ("BuildStatusUpdate", json!({ "type": "build" }), true),
        ("BuildStatusUpdate", json!({ "type": "build", "state": "STOPPED" }), true),
        ("BuildStatusUpdate", json!({ "state": "STOPPED" }), false),
        ("BuildStatusUpdate", json!({ "type": "build", "state": "DONE" }), false),
        ("BuildStatusUpdate", json!({ "type": "build", "name": null }), false),
        ("BuildStatusCreate", key_of(40), true),
        ("BuildStatusCreate", key_of(41), false),
        ("BuildStatusCreate", key_of(0), false),
        ("BuildStatusCreate", json!({ "key": "k", "state": "FAILED" }), false),
        ("BuildStatus", json!({ "key": "k", "state": "PAUSED", "refname": null, "new": [1] }), true),
        ("BuildStatus", json!({ "state": "FAILED" }), false),
        ("BuildStatusPage", json!({ "values": [], "page": 1, "size": 0, "pagelen": 30 }), true),
        ("BuildStatusPage", json!({ "values": ["snippet"] }), false),
        ("ErrorResponse", json!({ "error": { "message": "no", "detail": { "required": ["repository"] } } }), true),
    ];
    for (schema, body, accepted) in table {
        assert_eq!(validator(schema).is_valid(&body), accepted, "{schema}: {body}");
    }
}
