//! Lists as streams over their pages.

use std::time::Duration;

use bitbucket_build_status::{ErrorKind, Result, Statuses};
use futures_util::TryStreamExt as _;
use test_support::{
    server::{RecordingServer, Reply, json},
    wait::finishes,
};

use crate::support::{TOKEN, commit, expect_kind, page, pull_request, status};

/// A server whose pages are made by a function of the request's number and the server's address.
fn pages(of: impl Fn(usize, &str) -> String + Send + Sync + 'static) -> RecordingServer {
    RecordingServer::with_handler(move |number, request| {
        let address = format!("http://{}", request.header("host").unwrap_or_default());
        json(200, of(number, &address))
    })
}

async fn keys(statuses: Statuses) -> Result<Vec<String>> {
    statuses.map_ok(|status| status.key).try_collect().await
}

#[tokio::test]
async fn a_stream_has_the_statuses_of_all_pages_empty_ones_included() {
    let server = pages(|number, address| match number {
        0 => page(&[&status("a"), &status("b")], Some(&format!("{address}/2.0/next?page=2"))),
        1 => page(&[], Some(&format!("{address}/2.0/next?page=3"))),
        _ => page(&[&status("c")], None),
    });
    assert_eq!(keys(commit(&server).statuses()).await.unwrap(), ["a", "b", "c"]);
    let targets: Vec<_> = server.received().into_iter().map(|request| request.target).collect();
    assert_eq!(targets[1..], ["/2.0/next?page=2", "/2.0/next?page=3"]);
    let authorization = format!("Bearer {TOKEN}");
    assert!(server.received().iter().all(|request| request.header("authorization") == Some(&authorization)));
}

#[tokio::test]
async fn all_collects_the_stream() {
    let server = pages(|number, address| match number {
        0 => page(&[&status("a")], Some(&format!("{address}/2.0/x?page=2"))),
        _ => page(&[&status("b")], None),
    });
    let all = pull_request(&server).statuses().all().await.unwrap();
    assert_eq!(all.into_iter().map(|status| status.key).collect::<Vec<_>>(), ["a", "b"]);
}

#[tokio::test]
async fn a_query_is_sent_with_the_first_page() {
    let server = pages(|_, _| page(&[], None));
    let statuses = commit(&server).statuses();
    let statuses = statuses.refname("refs/heads/a b").query(r#"state = "FAILED""#).sort("-created_on").pagelen(100);
    assert!(keys(statuses).await.unwrap().is_empty());
    let target = &server.received()[0].target;
    let (path, query) = target.split_once('?').expect("a query");
    assert!(path.ends_with("/commit/e10dae226959c2194f2b07b077c07762d93821cf/statuses"), "{path}");
    let mut members: Vec<_> = query.split('&').collect();
    members.sort_unstable();
    assert_eq!(members, ["pagelen=100", "q=state+%3D+%22FAILED%22", "refname=a+b", "sort=-created_on"]);
    keys(pull_request(&server).statuses().query("x").sort("key").pagelen(50)).await.unwrap();
    let target = &server.received()[1].target;
    assert!(target.starts_with("/2.0/repositories/acme/rocket/pullrequests/7/statuses?"), "{target}");
}

#[tokio::test]
async fn a_single_page_has_its_counters() {
    let server = pages(|_, address| page(&[&status("a")], Some(&format!("{address}/2.0/x?page=2"))));
    let page = commit(&server).statuses().page(1).await.unwrap();
    assert_eq!((page.page, page.pagelen, page.size, page.values.len()), (Some(1), Some(30), Some(1), 1));
    assert!(page.next.is_some_and(|next| next.ends_with("/2.0/x?page=2")));
    let raw = commit(&server).statuses().page_with_response(1).await.unwrap();
    assert_eq!((raw.status(), raw.value().values.len()), (200, 1));
    assert_eq!(server.requests(), 2);
}

/// Reads a stream to its end: the keys before the error, and the error.
async fn until_error(mut statuses: Statuses) -> (Vec<String>, bitbucket_build_status::Error) {
    let mut keys = Vec::new();
    loop {
        match statuses.try_next().await {
            Ok(Some(status)) => keys.push(status.key),
            Ok(None) => panic!("expected an error after {keys:?}"),
            Err(error) => {
                assert!(statuses.try_next().await.unwrap().is_none(), "a stream ends after an error");
                return (keys, error);
            }
        }
    }
}

#[tokio::test]
async fn a_page_at_another_host_is_an_error_and_no_credentials_are_sent_there() {
    let foreign = RecordingServer::scripted([json(200, page(&[], None))]);
    let address = foreign.address().to_owned();
    let server = pages(move |_, _| page(&[&status("a")], Some(&format!("{address}/2.0/x?page=2"))));
    let (keys, error) = until_error(commit(&server).statuses()).await;
    assert_eq!((keys, error.kind()), (vec!["a".to_owned()], ErrorKind::Decode));
    assert!(error.to_string().contains("credentials are sent nowhere else"), "{error}");
    assert_eq!((server.requests(), foreign.requests()), (1, 0));
}

#[tokio::test]
async fn pages_that_form_a_loop_end() {
    let server = pages(|_, address| page(&[&status("a")], Some(&format!("{address}/2.0/x?page=2"))));
    let (keys, error) = until_error(commit(&server).statuses()).await;
    assert_eq!((keys.len(), error.kind(), server.requests()), (2, ErrorKind::Decode, 2));
    assert!(error.to_string().contains("form a loop"), "{error}");
}

#[tokio::test]
async fn an_item_that_is_not_a_status_is_named_by_its_index_after_the_pages_before_it() {
    let server = pages(|number, address| match number {
        0 => page(&[&status("a")], Some(&format!("{address}/2.0/x?page=2"))),
        _ => page(&[&status("b"), "\"Free plan\""], None),
    });
    let (keys, error) = until_error(commit(&server).statuses()).await;
    assert_eq!((keys, error.kind()), (vec!["a".to_owned()], ErrorKind::Decode));
    assert!(error.to_string().contains("values[1] is not a build status"), "{error}");
}

#[tokio::test]
async fn a_page_that_fails_is_retried_alone() {
    let server = RecordingServer::with_handler(|number, request| match number {
        0 => {
            let next = format!("http://{}/2.0/x?page=2", request.header("host").unwrap_or_default());
            json(200, page(&[&status("a")], Some(&next)))
        }
        1 => Reply::Reset(Vec::new()),
        _ => json(200, page(&[&status("b")], None)),
    });
    assert_eq!(keys(commit(&server).statuses()).await.unwrap(), ["a", "b"]);
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn a_query_that_cannot_be_sent_is_refused() {
    let server = pages(|_, _| page(&[], None));
    for pagelen in [0, 101] {
        let error = expect_kind(commit(&server).statuses().pagelen(pagelen).all().await, ErrorKind::InvalidInput);
        assert_eq!(error.field(), Some("pagelen"));
    }
    let of_pull_request = pull_request(&server).statuses().refname("main").page(1).await;
    assert_eq!(expect_kind(of_pull_request, ErrorKind::InvalidInput).field(), Some("refname"));
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn an_endless_list_ends_after_max_pages() {
    let server = pages(|number, address| page(&[&status("a")], Some(&format!("{address}/2.0/x?page={}", number + 2))));
    let (keys, error) = until_error(commit(&server).statuses().max_pages(5)).await;
    assert_eq!((keys.len(), error.kind(), server.requests()), (5, ErrorKind::Decode, 5));
    assert!(error.to_string().contains("at most 5 pages"), "{error}");
    assert!(error.explain().remedy.contains("max_pages"), "{}", error.explain());
}

#[tokio::test]
async fn an_endless_list_ends_with_its_timeout() {
    let server = pages(|number, address| page(&[&status("a")], Some(&format!("{address}/2.0/x?page={}", number + 2))));
    let list = commit(&server).statuses().timeout(Duration::from_millis(200));
    let (keys, error) = finishes("the list", until_error(list)).await;
    assert!(!keys.is_empty());
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_hangs_ends_with_the_timeout_of_the_list() {
    let server = RecordingServer::scripted([Reply::NEVER]);
    let list = commit(&server).statuses().timeout(Duration::from_millis(100)).all();
    expect_kind(finishes("the list", list).await, ErrorKind::Timeout);
}

#[tokio::test]
async fn a_list_parses_only_the_statuses_and_the_next_address_of_a_page() {
    let odd = format!(r#"{{"pagelen":"many","values":[{}],"page":{{}},"size":-1,"next":null}}"#, status("a"));
    let server = RecordingServer::scripted([json(200, odd)]);
    assert_eq!(keys(commit(&server).statuses()).await.unwrap(), ["a"]);
    expect_kind(commit(&server).statuses().page(1).await, ErrorKind::Decode);
}

#[tokio::test]
async fn a_clone_of_a_list_starts_from_the_first_page() {
    let server = pages(|_, _| page(&[&status("a"), &status("b")], None));
    let mut statuses = commit(&server).statuses();
    assert_eq!(statuses.try_next().await.unwrap().unwrap().key, "a");
    assert_eq!(keys(statuses.clone()).await.unwrap(), ["a", "b"]);
    assert_eq!(keys(statuses).await.unwrap(), ["b"]);
}
