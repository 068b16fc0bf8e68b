use bitbucket_build_status::{State, sandbox::Sandbox};
use serde_json::Value;

use crate::support::{COMMIT, URL, commit, send, statuses};

#[tokio::test]
async fn a_list_has_pages_of_30_linked_by_absolute_addresses() {
    let sandbox = Sandbox::start().await.unwrap();
    let commit = commit(&sandbox);
    for number in 0..61 {
        commit.set(format!("job-{number:02}"), State::Successful, URL).send().await.unwrap();
    }
    let first = send(&sandbox, "GET", &statuses("?refname=main"), None).await.json();
    let counters = ["pagelen", "page", "size"].map(|name| first[name].as_u64());
    assert_eq!(counters, [Some(30), Some(1), Some(61)]);
    let next = format!("{}/repositories/acme/rocket{}?refname=main&page=2", sandbox.url(), statuses(""));
    assert_eq!(first["next"], next);
    assert_eq!(first.get("previous"), None);
    let last = send(&sandbox, "GET", &statuses("?page=3"), None).await.json();
    assert_eq!((last["values"].as_array().map(Vec::len), last.get("next")), (Some(1), None));
    let all = commit.statuses().pagelen(7).all().await.unwrap();
    let keys: Vec<_> = all.iter().map(|status| status.key.clone()).collect();
    assert_eq!(keys, (0..61).map(|number| format!("job-{number:02}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_page_beyond_the_last_is_empty() {
    let sandbox = Sandbox::start().await.unwrap();
    let page = send(&sandbox, "GET", &statuses("?page=18446744073709551615&pagelen=100"), None).await.json();
    assert_eq!(page, serde_json::json!({ "pagelen": 100, "values": [], "page": u64::MAX, "size": 0 }));
}

#[tokio::test]
async fn a_list_is_sorted_and_filtered_by_refname() {
    let sandbox = Sandbox::start().await.unwrap();
    let commit = commit(&sandbox);
    for (key, state, refname) in
        [("b", State::Failed, Some("main")), ("c", State::Inprogress, Some("engine")), ("a", State::Stopped, None)]
    {
        let set = commit.set(key, state, URL);
        refname.into_iter().fold(set, bitbucket_build_status::SetStatus::refname).send().await.unwrap();
    }
    let table = [
        ("", "bca"),
        ("?sort=key", "abc"),
        ("?sort=-key", "cba"),
        ("?sort=state", "bca"),
        ("?sort=-created_on", "acb"),
        ("?sort=updated_on", "bca"),
        ("?sort=refname", "acb"),
        ("?refname=main", "ba"),
        ("?refname=none", "a"),
    ];
    for (query, expected) in table {
        let page = send(&sandbox, "GET", &statuses(query), None).await.json();
        let keys: String = page["values"].as_array().unwrap().iter().filter_map(|one| one["key"].as_str()).collect();
        assert_eq!(keys, expected, "{query}");
    }
}

#[tokio::test]
async fn a_pull_request_that_the_seed_does_not_name_is_empty() {
    let sandbox = Sandbox::start().await.unwrap();
    let page = sandbox.client().pull_request("acme", "rocket", 9).unwrap().statuses().page(1).await.unwrap();
    assert_eq!((page.size, page.values.len()), (Some(0), 0));
    let named = Sandbox::builder().commit("acme/rocket", &COMMIT.parse().unwrap()).start().await.unwrap();
    assert_eq!(send(&named, "GET", "/pullrequests/9/statuses", None).await.status, 404);
}

#[tokio::test]
async fn repositories_are_found_by_uuid() {
    let sandbox = Sandbox::start().await.unwrap();
    let created = commit(&sandbox).set("unit-tests", State::Failed, URL).send().await.unwrap();
    let uuid = created.repository.and_then(|repository| repository.uuid).unwrap();
    let found = sandbox.client().commit("acme", uuid.as_str(), COMMIT).unwrap().get("unit-tests").await.unwrap();
    assert_eq!(found.extra.get("colour"), None::<&Value>);
    assert_eq!(found.repository.and_then(|repository| repository.full_name).as_deref(), Some("acme/rocket"));
}
