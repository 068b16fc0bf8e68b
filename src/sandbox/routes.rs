//! The document's operations as routes, and what each one does.

use std::{sync::Arc, time::SystemTime};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

use super::{
    answer, body,
    caller::Scope,
    exchange,
    list::Query,
    oauth,
    parts::Parts,
    refusal::{JSON, Refusal},
    rules,
    server::Server,
    write,
};
use crate::operations;

/// Where the API begins.
pub(crate) const BASE: &str = "/2.0";

type Shared = State<Arc<Server>>;
type Answered = Result<Response, Refusal>;

/// The routes of the document's own table of operations.
pub(crate) fn router(server: Arc<Server>) -> Router {
    let mut router = Router::new();
    for operation in operations::all() {
        let Ok(method) = MethodFilter::try_from(operation.method.clone()) else { continue };
        let Some(route) = route(&operation.id, method) else { continue };
        let path = format!("{BASE}{}", operation.path);
        if operation.method == Method::POST {
            // Atlassian's own example posts with a slash at the end.
            router = router.route(&format!("{path}/"), route.clone());
        }
        router = router.route(&path, route);
    }
    router
        .route(oauth::PATH, on(MethodFilter::POST, token))
        .method_not_allowed_fallback(async || no_method())
        .fallback(async || no_path())
        .layer(middleware::from_fn_with_state(Arc::clone(&server), exchange::exchange))
        .with_state(server)
}

fn route(id: &str, method: MethodFilter) -> Option<MethodRouter<Arc<Server>>> {
    Some(match id {
        "create_build_status" => on(method, create),
        "update_build_status" => on(method, update),
        "get_build_status" => on(method, get),
        "list_commit_statuses" => on(method, list_of_commit),
        "list_pull_request_statuses" => on(method, list_of_pull_request),
        _ => return None,
    })
}

async fn create(State(server): Shared, parts: Parts, headers: HeaderMap, body: Bytes) -> Answered {
    let caller = parts.admit(&server, Scope::Repository, true)?;
    let mut store = server.store();
    let place = parts.place(&server, &mut store, &caller)?;
    let commit = place.commit(parts.named("commit"), &server.assumptions)?;
    let wanted = body::read_create(&headers, &body, &server.assumptions)?;
    let statuses = place.statuses_mut(&commit);
    let (status, new) =
        write::create(statuses, &commit, wanted, caller.writer(), &server.assumptions, SystemTime::now())?;
    let code = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(json_answer(code, &answer::status(place, &status)))
}

async fn update(State(server): Shared, parts: Parts, headers: HeaderMap, body: Bytes) -> Answered {
    let caller = parts.admit(&server, Scope::Repository, true)?;
    let mut store = server.store();
    let place = parts.place(&server, &mut store, &caller)?;
    let commit = place.commit(parts.named("commit"), &server.assumptions)?;
    let key = parts.key(&server)?;
    let wanted = body::read_update(&headers, &body, key, &server.assumptions)?;
    let statuses = place.statuses_mut(&commit);
    let status = write::update(statuses, key, wanted, caller.writer(), &server.assumptions, SystemTime::now())?;
    Ok(json_answer(StatusCode::OK, &answer::status(place, &status)))
}

async fn get(State(server): Shared, parts: Parts) -> Answered {
    let caller = parts.admit(&server, Scope::Repository, false)?;
    let mut store = server.store();
    let place = parts.place(&server, &mut store, &caller)?;
    let commit = place.commit(parts.named("commit"), &server.assumptions)?;
    let status = write::find(place.statuses_of(&commit), parts.key(&server)?, &server.assumptions)?;
    Ok(json_answer(StatusCode::OK, &answer::status(place, status)))
}

async fn list_of_commit(State(server): Shared, parts: Parts) -> Answered {
    let caller = parts.admit(&server, Scope::Repository, false)?;
    let mut store = server.store();
    let place = parts.place(&server, &mut store, &caller)?;
    let commit = place.commit(parts.named("commit"), &server.assumptions)?;
    let query = Query::read(&parts.address)?;
    let statuses = place.statuses_of(&commit).values();
    let kept = statuses.filter(|status| query.refname.is_none() || status.suits(query.refname.as_deref()));
    let page = query.page(kept.collect(), &parts.address, |status| answer::status(place, status));
    Ok(json_answer(StatusCode::OK, &page))
}

async fn list_of_pull_request(State(server): Shared, parts: Parts) -> Answered {
    let caller = parts.admit(&server, Scope::PullRequest, false)?;
    let mut store = server.store();
    let place = parts.place(&server, &mut store, &caller)?;
    // What is no number names no pull request.
    let id = parts.named("pull_request_id").parse().unwrap_or(0);
    let pull_request = place.pull_request(id)?;
    let query = Query::read(&parts.address)?;
    let kept = pull_request.into_iter().flat_map(|pull_request| {
        let statuses = place.statuses_of(&pull_request.source_commit.as_str().to_ascii_lowercase()).values();
        statuses.filter(|status| status.suits(Some(&pull_request.source_branch)))
    });
    let page = query.page(kept.collect(), &parts.address, |status| answer::status(place, status));
    Ok(json_answer(StatusCode::OK, &page))
}

async fn token(State(server): Shared, headers: HeaderMap, body: Bytes) -> Response {
    server.tokens().answer(&server.identities, &headers, &body)
}

fn no_path() -> Refusal {
    let error = json!({ "message": "Resource not found", "detail": "There is no API hosted at this URL." });
    Refusal::json(&rules::API_PATH, StatusCode::NOT_FOUND, &error)
}

fn no_method() -> Refusal {
    Refusal::message(&rules::API_METHOD, StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
}

fn json_answer(status: StatusCode, value: &Value) -> Response {
    (status, [(CONTENT_TYPE, JSON)], value.to_string()).into_response()
}
