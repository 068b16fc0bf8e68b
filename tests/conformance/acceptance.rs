//! The document and the client accept exactly the same responses and ids.

use bitbucket_build_status::{
    BuildStatus, BuildStatusPage, CommitHash, Key, RepoSlug, State, Workspace,
    generated::types::{ErrorDetails, ErrorResponse},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    document::{DOCUMENT, validate, validator},
    server,
};

/// The pointers to every value inside a value, itself included.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    for (name, inner) in value.as_object().into_iter().flatten() {
        pointers(inner, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
    }
    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
        pointers(inner, &format!("{at}/{index}"), found);
    }
}

/// Variants of a value, each with another or a missing value at one pointer.
fn variants(example: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    pointers(example, "", &mut found);
    let others = [json!(null), json!("yesterday"), json!(""), json!(7), json!(-1), json!(true), json!([]), json!({})];
    let mut variants = vec![example.clone()];
    for pointer in found {
        for other in &others {
            let mut variant = example.clone();
            *variant.pointer_mut(&pointer).expect("a pointer into the example") = other.clone();
            variants.push(variant);
        }
        if let Some((owner, name)) = pointer.rsplit_once('/') {
            let mut variant = example.clone();
            if let Some(owner) = variant.pointer_mut(owner).and_then(Value::as_object_mut) {
                owner.remove(&name.replace("~1", "/").replace("~0", "~"));
                owner.insert("unknown_member".to_owned(), json!([7]));
                variants.push(variant);
            }
        }
    }
    variants
}

#[track_caller]
fn assert_accepts_the_same<T: DeserializeOwned>(schema: &str) -> usize {
    let variants = variants(&DOCUMENT["components"]["schemas"][schema]["example"]);
    let documented = validator(schema);
    for variant in &variants {
        let read = serde_json::from_value::<T>(variant.clone()).map(drop);
        assert_eq!(documented.is_valid(variant), read.is_ok(), "{schema}: {read:?}\n{variant:#}");
    }
    variants.len()
}

#[test]
fn the_document_and_the_client_accept_the_same_responses() {
    let tried = [
        assert_accepts_the_same::<BuildStatus>("BuildStatus"),
        assert_accepts_the_same::<BuildStatusPage>("BuildStatusPage"),
        assert_accepts_the_same::<ErrorResponse>("ErrorResponse"),
        assert_accepts_the_same::<ErrorDetails>("ErrorDetails"),
    ];
    assert!(tried.iter().sum::<usize>() > 500, "{tried:?}");
}

#[track_caller]
fn assert_same_ids<T>(schema: &Value, texts: &[String], new: impl Fn(&str) -> bitbucket_build_status::Result<T>) {
    for text in texts {
        let problems = validate(schema, &json!(text));
        assert_eq!(problems.is_empty(), new(text).is_ok(), "{text:?}: {problems:?}");
    }
}

#[test]
fn a_key_and_the_names_of_a_repository_have_the_limits_of_the_document() {
    let parameter = |name: &str| &DOCUMENT["components"]["parameters"][name]["schema"];
    let repeated = |unit: &str| (0..=42).map(|count| unit.repeat(count)).collect::<Vec<_>>();
    let keys = [repeated("k"), repeated("é")].concat();
    assert_same_ids(parameter("key"), &keys, |text| Key::new(text));
    let created = &DOCUMENT["components"]["schemas"]["BuildStatusCreate"]["properties"]["key"];
    assert_same_ids(created, &keys, |text| Key::new(text));
    let names = ["", "acme", "{1a2b3c4d-0000-4000-8000-000000000000}"].map(str::to_owned);
    assert_same_ids(parameter("workspace"), &names, |text| Workspace::new(text));
    assert_same_ids(parameter("repo_slug"), &names, |text| RepoSlug::new(text));
}

#[test]
fn a_commit_has_the_limits_of_the_document() {
    let schema = &DOCUMENT["components"]["parameters"]["commit"]["schema"];
    let repeated = |unit: &str| (0..=42).map(|count| unit.repeat(count)).collect::<Vec<_>>();
    let mut commits = [repeated("a"), repeated("F"), repeated("0")].concat();
    commits.extend(["main", "HEAD", "e10dae2g", "e10dae2 ", " e10dae2", "e10dae2\n"].map(str::to_owned));
    assert_same_ids(schema, &commits, |text| CommitHash::new(text));
}

#[tokio::test]
async fn a_page_has_the_limits_of_the_document() {
    let limits = &DOCUMENT["components"]["parameters"]["pagelen"]["schema"];
    let limit = |name: &str| limits[name].as_u64().unwrap_or_else(|| panic!("pagelen has no {name}: {limits}"));
    let (least, most) = (limit("minimum"), limit("maximum"));
    let server = server::start();
    let commit = server::client(&server).commit("acme", "rocket", "e10dae226959").expect("a commit");
    for pagelen in 0..=u8::MAX {
        let accepted = commit.statuses().pagelen(pagelen).page(1).await.is_ok();
        let documented = (least..=most).contains(&pagelen.into());
        assert_eq!(accepted, documented, "pagelen {pagelen}: change the limit in src/ or in spec/openapi.json");
    }
}

#[test]
fn the_states_are_those_of_the_document_in_its_order() {
    let documented = &DOCUMENT["components"]["schemas"]["State"]["enum"];
    let ours: Vec<_> = State::ALL.iter().map(|state| state.as_str()).collect();
    assert_eq!(
        json!(ours),
        *documented,
        "State::ALL and State::as_str follow spec/openapi.json: edit them in src/model.rs"
    );
    for state in documented.as_array().expect("an enum") {
        let read: State = serde_json::from_value(state.clone()).expect("a state of the document");
        assert_eq!(json!(read.as_str()), *state);
    }
}
