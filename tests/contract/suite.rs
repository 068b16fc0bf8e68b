use bitbucket_build_status::{BuildStatus, ErrorKind, State};
pub(super) use test_support::COMMIT;

use super::backend::Backend;

pub(super) const URL: &str = "https://ci.example.com/builds/{commit.hash}";
/// Keys that are in use, and keys that are hard to send.
const KEYS: [&str; 6] = ["unit-tests", "ci/lint", "atlantis/plan: dir", "é+{x}.y", "100%2F", "k?a=b#c"];

/// Runs every claim against a backend.
pub(super) async fn fulfils_the_contract(backend: &Backend) {
    for key in KEYS {
        a_new_key_creates_and_a_known_one_overwrites(backend, key).await;
        a_status_is_updated_and_read(backend, key).await;
    }
    a_key_that_is_not_there_is_not_found(backend).await;
    a_member_that_is_refused_is_named(backend).await;
    a_commit_lists_its_statuses(backend).await;
    a_pull_request_without_statuses_is_empty(backend).await;
}

#[track_caller]
fn assert_is(status: &BuildStatus, key: &str, state: State) {
    assert_eq!((status.key.as_str(), &status.state), (key, &state.into()));
    assert_eq!(status.url.as_deref(), Some(URL), "the url stays unexpanded");
    assert_eq!(status.type_.as_deref(), Some("build"));
}

async fn a_new_key_creates_and_a_known_one_overwrites(backend: &Backend, key: &str) {
    backend.has_no(key).await;
    let created = backend.commit().set(key, State::Inprogress, URL).send_with_response().await.unwrap();
    assert_eq!(created.status(), 201, "{key}");
    assert_is(created.value(), key, State::Inprogress);
    backend.has(key, State::Inprogress).await;
    let overwritten = backend.commit().set(key, State::Failed, URL).send_with_response().await.unwrap();
    assert_eq!(overwritten.status(), 200, "{key}");
    assert_is(overwritten.value(), key, State::Failed);
}

async fn a_status_is_updated_and_read(backend: &Backend, key: &str) {
    backend.has(key, State::Inprogress).await;
    assert_is(&backend.commit().get(key).await.unwrap(), key, State::Inprogress);
    let updated = backend.commit().update(key).state(State::Successful).send_with_response().await.unwrap();
    assert_eq!(updated.status(), 200, "{key}");
    assert_is(updated.value(), key, State::Successful);
}

async fn a_key_that_is_not_there_is_not_found(backend: &Backend) {
    backend.has_no("absent").await;
    let read = backend.commit().get("absent").await.unwrap_err();
    let updated = backend.commit().update("absent").state(State::Failed).url(URL).send().await.unwrap_err();
    for error in [read, updated] {
        assert_eq!((error.kind(), error.status()), (ErrorKind::NotFound, Some(404)));
        assert_eq!(error.message(), Some("Build status not found"));
    }
}

async fn a_member_that_is_refused_is_named(backend: &Backend) {
    let name = "n".repeat(256);
    let problem = "Ensure this value has at most 255 characters (it has 256).";
    backend.refuses_name(&name, problem);
    let error = backend.commit().set("long-name", State::Failed, URL).name(name).send().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Rejected, Some(400)));
    assert_eq!(error.fields()["name"], [problem]);
}

async fn a_commit_lists_its_statuses(backend: &Backend) {
    let other = backend.client().commit("acme", "lister", COMMIT).unwrap();
    backend.lists("lister", &["one", "two"]).await;
    let listed = other.statuses().all().await.unwrap();
    assert_eq!(listed.iter().map(|status| status.key.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    let page = other.statuses().page(1).await.unwrap();
    assert_eq!((page.size, page.page, page.pagelen, page.next), (Some(2), Some(1), Some(30), None));
}

async fn a_pull_request_without_statuses_is_empty(backend: &Backend) {
    backend.has_empty_pull_request(7);
    let pull_request = backend.client().pull_request("acme", "rocket", 7).unwrap();
    assert!(pull_request.statuses().all().await.unwrap().is_empty());
}
