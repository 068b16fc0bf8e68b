use bitbucket_build_status::sandbox::{Identity, Sandbox, Seed};
use serde_json::{Value, json};
use test_support::raw_client::RawResponse;

use crate::support::{COMMIT, bearer, report, send, send_as, send_to};

async fn get(sandbox: &Sandbox, path: &str) -> RawResponse {
    send_to(sandbox, &format!("GET /2.0{path}"), None, &bearer(Sandbox::TOKEN)).await
}

/// A repository with a branch and a pull request; the sandbox's own token is that of an account.
async fn seeded() -> Sandbox {
    let seed = json!({
        "repositories": [{
            "name": "acme/rocket",
            "commits": [COMMIT],
            "branches": { "develop": COMMIT },
            "pull_requests": [{ "id": 7, "source_branch": "feature/engine", "source_commit": COMMIT, "title": "Engine" }],
        }],
    });
    Sandbox::builder().seed(Seed::from_json(&seed.to_string()).unwrap()).start().await.unwrap()
}

#[tokio::test]
async fn the_resources_that_reporters_request_first_exist_without_a_seed() {
    let sandbox = Sandbox::start().await.unwrap();
    let repository = "/repositories/acme/rocket";
    let table: [(String, &str, Value); 7] = [
        ("/user".to_owned(), "/type", json!("user")),
        ("/workspaces/acme".to_owned(), "/slug", json!("acme")),
        (repository.to_owned(), "/full_name", json!("acme/rocket")),
        (format!("{repository}/refs/branches/feature/main"), "/name", json!("feature/main")),
        (format!("{repository}/commit/{COMMIT}"), "/hash", json!(COMMIT)),
        (format!("{repository}/pullrequests/7"), "/id", json!(7)),
        (format!("{repository}/pullrequests/7/commits"), "/size", json!(1)),
    ];
    for (path, pointer, expected) in table {
        let response = get(&sandbox, &path).await;
        assert_eq!((response.status, response.json().pointer(pointer)), (200, Some(&expected)), "{path}");
        let anonymous = send_to(&sandbox, &format!("GET /2.0{path}"), None, "").await;
        assert_eq!((anonymous.status, anonymous.rule()), (401, Some("credentials-present")), "{path}");
    }
}

#[tokio::test]
async fn a_branch_or_a_pull_request_leads_to_a_commit_that_is_reported_on_and_listed() {
    let sandbox = Sandbox::start().await.unwrap();
    let branch = get(&sandbox, "/repositories/acme/rocket/refs/branches/main").await.json();
    let of_branch = branch["target"]["hash"].as_str().unwrap().to_owned();
    let pull_request = get(&sandbox, "/repositories/acme/rocket/pullrequests/7").await.json();
    let of_pull_request = pull_request["source"]["commit"]["hash"].as_str().unwrap().to_owned();
    assert_eq!((of_branch.len(), of_pull_request.len()), (40, 12));
    for hash in [&of_branch, &of_pull_request] {
        let created = send(&sandbox, "POST", &format!("/commit/{hash}/statuses/build"), Some(report("k"))).await;
        assert_eq!(created.status, 201);
    }
    let listed = get(&sandbox, "/repositories/acme/rocket/pullrequests/7/statuses").await.json();
    assert_eq!(listed["size"], 1);
    let commits = get(&sandbox, "/repositories/acme/rocket/pullrequests/7/commits").await.json();
    let hash = commits["values"][0]["hash"].as_str().unwrap();
    assert!(hash.len() == 40 && hash.starts_with(&of_pull_request), "{hash}");
    let again = get(&sandbox, "/repositories/acme/rocket/refs/branches/main").await.json();
    assert_eq!(again["target"]["hash"], of_branch.as_str());
}

#[tokio::test]
async fn a_seed_sets_branches_pull_requests_and_the_main_branch() {
    let sandbox = seeded().await;
    let repository = "/repositories/acme/rocket";
    let full = get(&sandbox, repository).await.json();
    assert_eq!((&full["mainbranch"]["name"], &full["is_private"]), (&json!("develop"), &json!(true)));
    let uuid = full["workspace"]["uuid"].as_str().unwrap().replace('{', "%7B").replace('}', "%7D");
    assert_eq!(get(&sandbox, &format!("/workspaces/{uuid}")).await.json()["slug"], "acme");
    for branch in ["develop", "feature/engine", "feature%2Fengine"] {
        let branch = get(&sandbox, &format!("{repository}/refs/branches/{branch}")).await.json();
        assert_eq!(branch["target"]["hash"], COMMIT);
    }
    let pull_request = get(&sandbox, &format!("{repository}/pullrequests/7")).await.json();
    assert_eq!((&pull_request["title"], &pull_request["state"]), (&json!("Engine"), &json!("OPEN")));
    assert_eq!(pull_request["source"]["branch"]["name"], "feature/engine");
    assert_eq!(pull_request["destination"]["branch"]["name"], "main");
    let missing = [
        ("/workspaces/other", "repository-known"),
        ("/repositories/acme/lander", "repository-known"),
        ("/repositories/acme/rocket/refs/branches/main", "branch-known"),
        ("/repositories/acme/rocket/commit/none", "commit-known"),
        ("/repositories/acme/rocket/pullrequests/8", "pull-request-known"),
        ("/repositories/acme/rocket/pullrequests/7/activity", "not-modelled"),
        ("/users/acme", "not-modelled"),
    ];
    for (path, rule) in missing {
        let response = get(&sandbox, path).await;
        assert_eq!((response.status, response.rule()), (404, Some(rule)), "{path}");
    }
    let commit = get(&sandbox, "/repositories/acme/rocket/commit/none").await;
    assert_eq!(commit.json(), json!({ "type": "error", "error": { "message": "Changeset not found." } }));
}

#[tokio::test]
async fn the_current_user_is_that_of_an_account() {
    let sandbox = Sandbox::builder()
        .identity(Identity::access_token("ci", "ci-token"))
        .identity(Identity::access_token("narrow", "narrow-token").scopes(["repository"]))
        .identity(Identity::api_token("dev", "dev@example.com", "dev-token"))
        .start()
        .await
        .unwrap();
    // dev@example.com:dev-token
    let basic = "Authorization: Basic ZGV2QGV4YW1wbGUuY29tOmRldi10b2tlbg==\r\n".to_owned();
    let table = [
        (bearer("ci-token"), 403, Some("account")),
        (bearer("narrow-token"), 403, Some("scope")),
        (String::new(), 401, Some("credentials-present")),
        (basic, 200, None),
    ];
    for (credentials, status, rule) in table {
        let response = send_to(&sandbox, "GET /2.0/user", None, &credentials).await;
        assert_eq!((response.status, response.rule()), (status, rule), "{credentials}");
        if status == 200 {
            assert_eq!(response.json()["display_name"], "dev");
        }
    }
}

#[tokio::test]
async fn a_public_repository_is_read_without_credentials_and_a_private_one_is_not() {
    let seed = json!({ "repositories": [
        { "name": "acme/rocket", "public": true, "commits": [COMMIT] },
        { "name": "other/lander", "commits": [COMMIT] },
    ] });
    let sandbox = Sandbox::builder().seed(Seed::from_json(&seed.to_string()).unwrap()).start().await.unwrap();
    assert_eq!(send_as(&sandbox, "GET", "", None, "").await.status, 200);
    let status = async |path: &str| send_to(&sandbox, &format!("GET /2.0{path}"), None, "").await.status;
    assert_eq!(status("/workspaces/acme").await, 200);
    assert_eq!(status("/workspaces/other").await, 404);
    assert_eq!(status("/repositories/other/lander").await, 404);
    assert_eq!(status(&format!("/repositories/acme/rocket/commit/{COMMIT}/statuses")).await, 200);
}
