use bitbucket_build_status::{
    State,
    sandbox::{Repository, Sandbox, Seed},
};
use serde_json::json;

use crate::support::{COMMIT, URL, report, send, statuses};

/// The path of the statuses of a commit.
fn of(commit: &str, rest: &str) -> String {
    format!("/commit/{commit}/statuses{rest}")
}

#[tokio::test]
async fn a_status_that_was_reported_by_a_short_hash_is_read_by_the_full_one() {
    for digits in [7, 12, 39] {
        let sandbox = Sandbox::start().await.unwrap();
        let short = &COMMIT[..digits];
        let created = send(&sandbox, "POST", &of(short, "/build"), Some(report("unit-tests"))).await;
        let invented = created.json()["commit"]["hash"].as_str().unwrap().to_owned();
        assert_eq!((created.status, invented.len(), invented.starts_with(short)), (201, 40, true));
        // The hash in the response finds the status, before and after the full hash is known.
        assert_eq!(send(&sandbox, "GET", &of(&invented, "/build/unit-tests"), None).await.status, 200);
        let read = send(&sandbox, "GET", &statuses("/build/unit-tests"), None).await;
        assert_eq!((read.status, &read.json()["commit"]["hash"]), (200, &json!(COMMIT)));
        for hash in [short, &invented, &COMMIT.to_uppercase()] {
            let read = send(&sandbox, "GET", &of(hash, "/build/unit-tests"), None).await;
            assert_eq!((read.status, &read.json()["commit"]["hash"]), (200, &json!(COMMIT)), "{hash}");
        }
        let again = send(&sandbox, "POST", &statuses("/build"), Some(report("unit-tests"))).await;
        assert_eq!(again.status, 200, "one status for each of the hashes");
    }
}

#[tokio::test]
async fn a_longer_short_hash_is_the_same_commit() {
    let sandbox = Sandbox::start().await.unwrap();
    send(&sandbox, "POST", &of(&COMMIT[..7], "/build"), Some(report("unit-tests"))).await;
    for digits in [12, 20, 40, 9, 7] {
        let list = send(&sandbox, "GET", &of(&COMMIT[..digits], ""), None).await.json();
        assert_eq!(list["size"], 1, "{digits} digits");
    }
}

#[tokio::test]
async fn only_the_first_full_hash_becomes_the_one_that_was_invented() {
    let sandbox = Sandbox::start().await.unwrap();
    send(&sandbox, "POST", &of(&COMMIT[..7], "/build"), Some(report("unit-tests"))).await;
    assert_eq!(send(&sandbox, "GET", &statuses(""), None).await.json()["size"], 1);
    let other = format!("{}{}", &COMMIT[..7], "0".repeat(33));
    assert_eq!(send(&sandbox, "GET", &of(&other, ""), None).await.json()["size"], 0);
    let ambiguous = send(&sandbox, "GET", &of(&COMMIT[..7], ""), None).await;
    assert_eq!((ambiguous.status, ambiguous.rule()), (404, Some("commit-unambiguous")));
    assert_eq!(ambiguous.json()["data"]["shas"][0], COMMIT[..7]);
    assert_eq!(send(&sandbox, "GET", &of(&COMMIT[..8], ""), None).await.json()["size"], 1);
}

#[tokio::test]
async fn a_short_hash_of_seeded_commits_is_one_of_them_or_ambiguous() {
    let other = format!("{}{}", &COMMIT[..12], "0".repeat(28));
    let mut seed = Seed::default();
    let mut repository = Repository::new("acme/rocket");
    repository.commits = [COMMIT, &other].map(|hash| hash.parse().unwrap()).to_vec();
    seed.repositories.push(repository);
    let sandbox = Sandbox::builder().seed(seed).start().await.unwrap();
    let commit = |hash: &str| sandbox.client().commit("acme", "rocket", hash).unwrap();
    let set = async |hash: &str| commit(hash).set("k", State::Failed, URL).send().await;
    assert_eq!(set(&COMMIT[..13]).await.unwrap().commit.unwrap().hash.as_deref(), Some(COMMIT));
    assert_eq!(set(&COMMIT[..12]).await.unwrap_err().status(), Some(404));
    assert_eq!(set(&"f".repeat(40)).await.unwrap_err().status(), Some(404));
}
