//! The document's operations as routes, what a request names, and what each operation does.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Instant, SystemTime},
};

use axum::{
    Router,
    body::Bytes,
    extract::{FromRequestParts, RawPathParams, State},
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use http::{
    HeaderMap, Method, StatusCode,
    header::{CONTENT_TYPE, HOST},
    request,
};
use reqwest::Url;
use serde_json::{Value, json};

use super::{
    auth::{self, Caller, Scope, identify},
    body, budget,
    connection::{self, Note},
    refusal::{JSON, Refusal},
    render::{self, Query},
    rules,
    server::Server,
    store::{Place, Store, unknown_repository},
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
        .route(auth::TOKEN_PATH, on(MethodFilter::POST, token))
        .method_not_allowed_fallback(async || no_method())
        .fallback(async || no_path())
        .layer(middleware::from_fn_with_state(Arc::clone(&server), connection::exchange))
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
    Ok(json_answer(code, &render::status(place, &status)))
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
    Ok(json_answer(StatusCode::OK, &render::status(place, &status)))
}

async fn get(State(server): Shared, parts: Parts) -> Answered {
    let caller = parts.admit(&server, Scope::Repository, false)?;
    let mut store = server.store();
    let place = parts.place(&server, &mut store, &caller)?;
    let commit = place.commit(parts.named("commit"), &server.assumptions)?;
    let status = write::find(place.statuses_of(&commit), parts.key(&server)?, &server.assumptions)?;
    Ok(json_answer(StatusCode::OK, &render::status(place, status)))
}

async fn list_of_commit(State(server): Shared, parts: Parts) -> Answered {
    let caller = parts.admit(&server, Scope::Repository, false)?;
    let mut store = server.store();
    let place = parts.place(&server, &mut store, &caller)?;
    let commit = place.commit(parts.named("commit"), &server.assumptions)?;
    let query = Query::read(&parts.address)?;
    let statuses = place.statuses_of(&commit).values();
    let kept = statuses.filter(|status| query.refname.is_none() || status.suits(query.refname.as_deref()));
    let page = query.page(kept.collect(), &parts.address, |status| render::status(place, status));
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
    let page = query.page(kept.collect(), &parts.address, |status| render::status(place, status));
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

const HTML_NOT_FOUND: &str = "<!DOCTYPE html>\n<html><head><title>Page not found</title></head>\
                              <body><h1>Resource not found</h1></body></html>\n";

/// What a request names.
#[derive(Debug)]
pub(crate) struct Parts {
    named: BTreeMap<String, String>,
    headers: HeaderMap,
    note: Note,
    /// Where the request was sent, for the links between pages.
    pub(crate) address: Url,
}

impl<State: Send + Sync> FromRequestParts<State> for Parts {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut request::Parts, state: &State) -> Result<Self, Refusal> {
        let malformed = || Refusal::html(&rules::PATH_ENCODING, StatusCode::NOT_FOUND, HTML_NOT_FOUND);
        let named = RawPathParams::from_request_parts(parts, state).await.map_err(|_| malformed())?;
        let named: BTreeMap<_, _> = named.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        if named.values().any(|text| text.contains('\0')) {
            return Err(malformed());
        }
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let address = Url::parse(&format!("http://{host}{target}")).map_err(|_| malformed())?;
        let note = parts.extensions.get::<Note>().cloned().unwrap_or_default();
        Ok(Self { named, headers: parts.headers.clone(), note, address })
    }
}

impl Parts {
    /// A parameter of the path, decoded.
    pub(crate) fn named(&self, name: &str) -> &str {
        self.named.get(name).map_or("", String::as_str)
    }

    /// The key that the path names.
    pub(crate) fn key(&self, server: &Server) -> Result<&str, Refusal> {
        let key = self.named("key");
        if key.contains('/') && !server.assumptions.slash_in_path.accepts() {
            return Err(write::no_status());
        }
        Ok(key)
    }

    /// Finds out who asks, takes the request off the budget, and holds the caller to the scope.
    pub(crate) fn admit(&self, server: &Server, scope: Scope, writes: bool) -> Result<Caller, Refusal> {
        let caller = identify(&server.identities, &server.tokens(), &self.headers, writes, &server.assumptions)?;
        self.note.caller(&caller, scope);
        let spent = server.budget().spend(caller.name.as_deref(), Instant::now(), server.assumptions.retry_after)?;
        self.note.headers(spent.into_iter().flat_map(budget::Left::headers));
        caller.check(scope)?;
        Ok(caller)
    }

    /// The repository that the path names, where the caller may see it.
    pub(crate) fn place<'a>(
        &self,
        server: &Server,
        store: &'a mut Store,
        caller: &Caller,
    ) -> Result<&'a mut Place, Refusal> {
        let place = store.repository(self.named("workspace"), self.named("repo_slug"), &server.assumptions)?;
        if place.public || caller.sees_private() { Ok(place) } else { Err(unknown_repository()) }
    }
}
