//! Laws that hold for any input.

use std::sync::Arc;

use bitbucket_build_status::{BuildStatus, Client, Commit, ErrorKind, State};
use proptest::{collection::vec, prelude::*, test_runner::TestCaseError};
use serde_json::{Map, Value};
use test_support::server::{ReceivedRequest, RecordingServer, Reply, decoded, response, stored};
use tokio::runtime::Runtime;

use crate::support::{HASH, LINK, LIVE, builder, commit_of};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{0,8}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// The members of a status, with any value of the right type.
fn known_members() -> impl Strategy<Value = Map<String, Value>> {
    let text = || prop_oneof![Just(Value::Null), any::<String>().prop_map(Value::from)];
    let link = any::<String>().prop_map(|href| serde_json::json!({ "href": href }));
    let texts = (text(), text(), text(), text(), text(), text(), text());
    (any::<String>(), any::<String>(), texts, link).prop_map(|(key, state, texts, link)| {
        let (kind, name, refname, url, description, created_on, updated_on) = texts;
        let members = [
            ("key", key.into()),
            ("state", state.into()),
            ("type", kind),
            ("name", name),
            ("refname", refname),
            ("url", url),
            ("description", description),
            ("created_on", created_on),
            ("updated_on", updated_on),
            ("links", serde_json::json!({ "self": link, "commit": link })),
        ];
        members.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
    })
}

proptest! {
    #[test]
    fn any_object_with_the_right_members_is_a_status_and_round_trips(
        known in known_members(),
        extra in prop::collection::btree_map("x_[a-z]{0,8}", any_json(), 0..6),
    ) {
        let mut object = known;
        object.extend(extra);
        let status: BuildStatus = serde_json::from_value(Value::Object(object.clone()))
            .map_err(|problem| TestCaseError::fail(format!("{problem} in {object:?}")))?;
        let written = serde_json::to_value(&status).unwrap();
        object.retain(|name, value| name.starts_with("x_") || !value.is_null());
        prop_assert_eq!(written, Value::Object(object));
    }

    #[test]
    fn bytes_are_a_status_or_an_error_but_never_a_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = serde_json::from_slice::<BuildStatus>(&bytes);
    }
}

/// A runtime with a server that records every request, and a client for it.
struct World {
    runtime: Runtime,
    server: RecordingServer,
    client: Client,
}

impl World {
    fn new(script: impl Fn(&ReceivedRequest) -> Reply + Send + Sync + 'static) -> Self {
        let runtime = Runtime::new().unwrap();
        let server = RecordingServer::with_handler(move |_, request| script(request));
        let client = runtime.block_on(async { builder(&server).max_retries(0).build().unwrap() });
        Self { runtime, server, client }
    }

    fn commit(&self) -> Commit {
        commit_of(&self.client)
    }
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), r"[./\\%{}a ?#;:@&=+é]{0,12}", r"\.{0,3}", r"(\.\./){0,3}x?"]
}

#[test]
fn an_id_is_refused_or_received_as_one_segment() {
    let world = World::new(|request| stored(200, LIVE, request));
    proptest!(|(workspace in any_name(), slug in any_name(), key in any_name())| {
        let before = world.server.requests();
        let outcome = world.client.commit(&*workspace, &*slug, HASH).map(|commit| {
            world.runtime.block_on(commit.update(&*key).state(State::Failed).url(LINK).name("n").description("d").send())
        });
        let arrived = world.server.received().split_off(before);
        match outcome {
            Ok(Ok(_)) => {
                let segments: Vec<_> = arrived[0].target.split('/').map(decoded).collect();
                let expected = ["", "2.0", "repositories", &*workspace, &slug, "commit", HASH, "statuses", "build", &key];
                prop_assert_eq!(segments, expected);
                prop_assert_eq!(&arrived[0].json()["key"], &Value::from(key));
            }
            Ok(Err(error)) | Err(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::InvalidInput);
                prop_assert!(arrived.is_empty(), "sent {:?} and reported {}", arrived[0].target, error);
            }
        }
    });
}

#[test]
fn any_error_body_leads_to_an_error_that_can_be_displayed() {
    let body = Arc::new(std::sync::Mutex::new((400, Vec::new())));
    let current = Arc::clone(&body);
    let world = World::new(move |_| {
        let (status, body) = &*current.lock().unwrap();
        Reply::Bytes(response(*status, &[], body))
    });
    let bytes = prop_oneof![
        vec(any::<u8>(), 0..400),
        any_json().prop_map(|json| json.to_string().into_bytes()),
        any_json().prop_map(|json| serde_json::json!({ "type": "error", "error": json }).to_string().into_bytes()),
        (any_json(), any_json(), any_json()).prop_map(|(message, fields, detail)| {
            let error = serde_json::json!({ "message": message, "fields": fields, "detail": detail });
            serde_json::json!({ "error": error }).to_string().into_bytes()
        }),
    ];
    proptest!(|(status in prop_oneof![300..600_u16], bytes in bytes)| {
        *body.lock().unwrap() = (status, bytes);
        let commit = world.commit();
        let error = world.runtime.block_on(async { commit.get("unit-tests").await }).expect_err("no success");
        prop_assert_eq!(error.status(), Some(status));
        prop_assert!(error.to_string().len() < 4000 && !error.to_string().contains('\n'), "{}", error);
        prop_assert!(!error.explain().cause.is_empty());
    });
}
