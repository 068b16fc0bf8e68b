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
    auth::{self, Principal, Scope, identify},
    body,
    connection::{self, RequestNotes},
    rate_limiter,
    rejection::{JSON, Rejection},
    render::{self, Query},
    rules,
    state::SandboxState,
    store::{RepositoryState, Store, unknown_repository},
    write,
};
use crate::operations;

/// Where the API begins.
pub(crate) const BASE: &str = "/2.0";

type Shared = State<Arc<SandboxState>>;
type ApiResult = Result<Response, Rejection>;

/// The routes of the document's own table of operations.
pub(crate) fn router(state: Arc<SandboxState>) -> Router {
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
        .layer(middleware::from_fn_with_state(Arc::clone(&state), connection::exchange))
        .with_state(state)
}

fn route(id: &str, method: MethodFilter) -> Option<MethodRouter<Arc<SandboxState>>> {
    Some(match id {
        "create_build_status" => on(method, create),
        "update_build_status" => on(method, update),
        "get_build_status" => on(method, get),
        "list_commit_statuses" => on(method, list_of_commit),
        "list_pull_request_statuses" => on(method, list_of_pull_request),
        _ => return None,
    })
}

async fn create(State(state): Shared, request: ApiRequest, headers: HeaderMap, body: Bytes) -> ApiResult {
    let principal = request.authorize(&state, Scope::Repository, true)?;
    let mut store = state.store();
    let repository = request.repository(&state, &mut store, &principal)?;
    let commit = repository.commit(request.named("commit"), &state.assumptions)?;
    let input = body::read_create(&headers, &body, &state.assumptions)?;
    let statuses = repository.statuses_mut(&commit);
    let (status, new) =
        write::create(statuses, &commit, input, principal.writer(), &state.assumptions, SystemTime::now())?;
    let code = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(json_answer(code, &render::status(repository, &status)))
}

async fn update(State(state): Shared, request: ApiRequest, headers: HeaderMap, body: Bytes) -> ApiResult {
    let principal = request.authorize(&state, Scope::Repository, true)?;
    let mut store = state.store();
    let repository = request.repository(&state, &mut store, &principal)?;
    let commit = repository.commit(request.named("commit"), &state.assumptions)?;
    let key = request.key(&state)?;
    let input = body::read_update(&headers, &body, key, &state.assumptions)?;
    let statuses = repository.statuses_mut(&commit);
    let status = write::update(statuses, key, input, principal.writer(), &state.assumptions, SystemTime::now())?;
    Ok(json_answer(StatusCode::OK, &render::status(repository, &status)))
}

async fn get(State(state): Shared, request: ApiRequest) -> ApiResult {
    let principal = request.authorize(&state, Scope::Repository, false)?;
    let mut store = state.store();
    let repository = request.repository(&state, &mut store, &principal)?;
    let commit = repository.commit(request.named("commit"), &state.assumptions)?;
    let status = write::find(repository.statuses_of(&commit), request.key(&state)?, &state.assumptions)?;
    Ok(json_answer(StatusCode::OK, &render::status(repository, status)))
}

async fn list_of_commit(State(state): Shared, request: ApiRequest) -> ApiResult {
    let principal = request.authorize(&state, Scope::Repository, false)?;
    let mut store = state.store();
    let repository = request.repository(&state, &mut store, &principal)?;
    let commit = repository.commit(request.named("commit"), &state.assumptions)?;
    let query = Query::read(&request.address)?;
    let statuses = repository.statuses_of(&commit).values();
    let kept = statuses.filter(|status| query.refname.is_none() || status.matches(query.refname.as_deref()));
    let page = query.page(kept.collect(), &request.address, |status| render::status(repository, status));
    Ok(json_answer(StatusCode::OK, &page))
}

async fn list_of_pull_request(State(state): Shared, request: ApiRequest) -> ApiResult {
    let principal = request.authorize(&state, Scope::PullRequest, false)?;
    let mut store = state.store();
    let repository = request.repository(&state, &mut store, &principal)?;
    // What is no number names no pull request.
    let id = request.named("pull_request_id").parse().unwrap_or(0);
    let pull_request = repository.pull_request(id)?;
    let query = Query::read(&request.address)?;
    let kept = pull_request.into_iter().flat_map(|pull_request| {
        let statuses = repository.statuses_of(&pull_request.source_commit.as_str().to_ascii_lowercase()).values();
        statuses.filter(|status| status.matches(Some(&pull_request.source_branch)))
    });
    let page = query.page(kept.collect(), &request.address, |status| render::status(repository, status));
    Ok(json_answer(StatusCode::OK, &page))
}

async fn token(State(state): Shared, headers: HeaderMap, body: Bytes) -> Response {
    state.tokens().answer(&state.identities, &headers, &body)
}

fn no_path() -> Rejection {
    let error = json!({ "message": "Resource not found", "detail": "There is no API hosted at this URL." });
    Rejection::json(&rules::API_PATH, StatusCode::NOT_FOUND, &error)
}

fn no_method() -> Rejection {
    Rejection::message(&rules::API_METHOD, StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
}

fn json_answer(status: StatusCode, value: &Value) -> Response {
    (status, [(CONTENT_TYPE, JSON)], value.to_string()).into_response()
}

const HTML_NOT_FOUND: &str = "<!DOCTYPE html>\n<html><head><title>Page not found</title></head>\
                              <body><h1>Resource not found</h1></body></html>\n";

/// What a request names.
#[derive(Debug)]
pub(crate) struct ApiRequest {
    named: BTreeMap<String, String>,
    headers: HeaderMap,
    notes: RequestNotes,
    /// Where the request was sent, for the links between pages.
    pub(crate) address: Url,
}

impl<State: Send + Sync> FromRequestParts<State> for ApiRequest {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut request::Parts, state: &State) -> Result<Self, Rejection> {
        let malformed = || Rejection::html(&rules::PATH_ENCODING, StatusCode::NOT_FOUND, HTML_NOT_FOUND);
        let named = RawPathParams::from_request_parts(parts, state).await.map_err(|_| malformed())?;
        let named: BTreeMap<_, _> = named.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        if named.values().any(|text| text.contains('\0')) {
            return Err(malformed());
        }
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let address = Url::parse(&format!("http://{host}{target}")).map_err(|_| malformed())?;
        let notes = parts.extensions.get::<RequestNotes>().cloned().unwrap_or_default();
        Ok(Self { named, headers: parts.headers.clone(), notes, address })
    }
}

impl ApiRequest {
    /// A parameter of the path, decoded.
    pub(crate) fn named(&self, name: &str) -> &str {
        self.named.get(name).map_or("", String::as_str)
    }

    /// The key that the path names.
    pub(crate) fn key(&self, state: &SandboxState) -> Result<&str, Rejection> {
        let key = self.named("key");
        if key.contains('/') && !state.assumptions.slash_in_path.accepts() {
            return Err(write::no_status());
        }
        Ok(key)
    }

    /// Finds out who asks, takes the request off the budget, and holds the caller to the scope.
    pub(crate) fn authorize(&self, state: &SandboxState, scope: Scope, writes: bool) -> Result<Principal, Rejection> {
        let principal = identify(&state.identities, &state.tokens(), &self.headers, writes, &state.assumptions)?;
        self.notes.principal(&principal, scope);
        let quota =
            state.rate_limiter().acquire(principal.name.as_deref(), Instant::now(), state.assumptions.retry_after)?;
        self.notes.headers(quota.into_iter().flat_map(rate_limiter::Quota::headers));
        principal.check(scope)?;
        Ok(principal)
    }

    /// The repository that the path names, where the caller may see it.
    pub(crate) fn repository<'a>(
        &self,
        state: &SandboxState,
        store: &'a mut Store,
        principal: &Principal,
    ) -> Result<&'a mut RepositoryState, Rejection> {
        let repository = store.repository(self.named("workspace"), self.named("repo_slug"), &state.assumptions)?;
        if repository.public || principal.sees_private() { Ok(repository) } else { Err(unknown_repository()) }
    }
}
