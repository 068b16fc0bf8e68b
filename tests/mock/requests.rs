use bitbucket_build_status::{
    BuildStatusCreate, Client, Commit, ErrorKind, State,
    mock::{self, MockServer, MockServerExt as _},
};
use test_support::COMMIT;

const URL: &str = "https://ci.example.com/42";
/// Values that are hard to match, each with another value that must not match.
const HARD: [(&str, &str); 12] = [
    ("{1a2b3c4d-0000-4000-8000-000000000000}", "1a2b3c4d-0000-4000-8000-000000000000"),
    ("a.b", "axb"),
    ("a b", "a+b"),
    ("a/b", "a"),
    ("é", "e"),
    ("a+b", "aab"),
    ("(", "%28"),
    ("*", "x"),
    ("%2F", "/"),
    ("^x$", "x"),
    ("[a]|b", "a"),
    ("a?b", "b"),
];

fn client(server: &MockServer, base: &str) -> Client {
    Client::builder().base_url(server.url(base)).max_retries(0).build().unwrap()
}

fn commit(server: &MockServer, base: &str) -> Commit {
    client(server, base).commit("acme", "rocket", COMMIT).unwrap()
}

#[tokio::test]
async fn values_of_the_path_are_matched_literally_under_any_base_path() {
    let server = MockServer::start_async().await;
    for (value, other) in HARD {
        let mocks = [
            server.get_build_status(|when, then| {
                when.workspace(value).repo_slug(value).commit(COMMIT).key(value);
                then.ok(&mock::build_status(value, State::Failed, URL));
            }),
            server.list_commit_statuses(|when, then| {
                when.workspace(value).repo_slug(value);
                then.ok(&mock::page([]));
            }),
        ];
        for base in ["/2.0", "/", "/a/proxy/2.0"] {
            let client = client(&server, base);
            let found = client.commit(value, value, COMMIT).unwrap().get(value).await;
            assert_eq!(found.unwrap_or_else(|error| panic!("{value} {base}: {error}")).key, value);
            client.commit(value, value, COMMIT).unwrap().statuses().all().await.unwrap();
            for (workspace, slug, key) in [(other, value, value), (value, other, value), (value, value, other)] {
                let missed = client.commit(workspace, slug, COMMIT).unwrap().get(key).await.unwrap_err();
                assert_eq!(missed.kind(), ErrorKind::NotFound, "{other} matched {value}");
            }
        }
        for mut mock in mocks {
            mock.assert_calls(3);
            mock.delete();
        }
    }
}

#[tokio::test]
async fn operations_on_one_path_are_distinguished_by_their_method() {
    let server = MockServer::start_async().await;
    let get = server.get_build_status(|_, then| drop(then.ok(&mock::build_status("k", State::Inprogress, URL))));
    let update = server.update_build_status(|_, then| drop(then.ok(&mock::build_status("k", State::Failed, URL))));
    let create = server.create_build_status(|_, then| drop(then.created(&mock::build_status("k", State::Failed, URL))));
    let list = server.list_commit_statuses(|_, then| drop(then.ok(&mock::page([]))));
    let pull_request = server.list_pull_request_statuses(|when, then| {
        when.workspace("acme").repo_slug("rocket").pull_request_id(7);
        then.ok(&mock::page([mock::build_status("k", State::Failed, URL)]));
    });
    let commit = commit(&server, "/2.0");
    commit.update("k").state(State::Failed).send().await.unwrap();
    commit.set("k", State::Failed, URL).send().await.unwrap();
    commit.statuses().all().await.unwrap();
    client(&server, "/2.0").pull_request("acme", "rocket", 7).unwrap().statuses().all().await.unwrap();
    for mock in [get, update, create, list, pull_request] {
        mock.assert_calls(1);
    }
}

#[tokio::test]
async fn a_body_is_matched_by_member_or_entirely() {
    let server = MockServer::start_async().await;
    let created = mock::build_status("unit-tests", State::Failed, URL);
    let mut some = server.create_build_status(|when, then| {
        when.key("unit-tests").state(State::Failed).url(URL).name("Unit tests").refname("main").type_("build");
        then.created(&created);
    });
    let commit = commit(&server, "/2.0");
    let set = |state| commit.set("unit-tests", state, URL).name("Unit tests").refname("main");
    assert_eq!(set(State::Failed).description("more").send_with_response().await.unwrap().status(), 201);
    assert!(set(State::Successful).send().await.unwrap_err().is_not_found());
    some.assert_calls(1);
    some.delete();
    let body = BuildStatusCreate {
        key: "unit-tests".parse().unwrap(),
        state: State::Failed,
        url: URL.to_owned(),
        name: Some("Unit tests".to_owned()),
        refname: Some("main".to_owned()),
        description: None,
        type_: Some("build".to_owned()),
    };
    let entire = server.create_build_status(|when, then| {
        when.body(&body);
        then.ok(&created);
    });
    assert_eq!(set(State::Failed).send_with_response().await.unwrap().status(), 200);
    assert!(set(State::Failed).description("more").send().await.unwrap_err().is_not_found());
    entire.assert_calls(1);
}

#[tokio::test]
async fn the_query_is_matched_decoded() {
    let server = MockServer::start_async().await;
    let list = server.list_commit_statuses(|when, then| {
        when.refname("feature/a b").q("state = \"FAILED\"").sort("-updated_on").pagelen(50);
        then.ok(&mock::page([mock::build_status("k", State::Failed, URL)]));
    });
    let list_of = |pagelen| commit(&server, "/2.0").statuses().refname("feature/a b").pagelen(pagelen);
    let found = list_of(50).query("state = \"FAILED\"").sort("-updated_on").all().await.unwrap();
    assert_eq!(found.len(), 1);
    assert!(list_of(51).query("state = \"FAILED\"").sort("-updated_on").all().await.unwrap_err().is_not_found());
    list.assert_calls(1);
}
