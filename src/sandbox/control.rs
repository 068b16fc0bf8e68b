//! `/_sandbox`: the interface for tests in any language, as docs/sandbox-api.json describes it.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{
    StatusCode,
    header::{CONTENT_TYPE, ORIGIN},
};
use serde_json::{Value, json};

use super::{
    fault::FaultRule,
    journal::ReceivedRequest,
    middleware,
    rejection::{JSON, Rejection},
    rules,
    seed::{Seed, from_json},
    state::SandboxState,
};

/// Its path.
pub(crate) const CONTROL_PATH: &str = "/_sandbox";
/// The maximum number of bytes of a seed.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

type SharedState = State<Arc<SandboxState>>;
type ApiResult = Result<Response, Rejection>;

/// The routes below [`CONTROL_PATH`]. Requests to them are not in the journal, no fault is injected into them, and they
/// need no credentials.
pub(crate) fn router(state: Arc<SandboxState>) -> Router {
    let no_method =
        || async { Rejection::message(&rules::API_METHOD, StatusCode::METHOD_NOT_ALLOWED, "Method not allowed") };
    let no_path = || async { Rejection::message(&rules::API_PATH, StatusCode::NOT_FOUND, "Resource not found") };
    let routes = Router::new()
        .route("/health", get(health))
        .route("/requests", get(requests))
        .route("/faults", get(faults).post(add_faults).delete(clear_faults))
        .route("/reset", axum::routing::post(reset))
        .method_not_allowed_fallback(no_method)
        .fallback(no_path)
        .layer(from_fn_with_state(Arc::clone(&state), guard))
        .with_state(state);
    Router::new().nest(CONTROL_PATH, routes)
}

/// Refuses requests from web pages: a browser adds `Origin`, or sends the name of a host that only resolves to this
/// address.
async fn guard(State(state): SharedState, request: Request, next: Next) -> Response {
    if let Err(rejection) = state.hosts.origin_of(request.uri(), request.version(), request.headers()) {
        return middleware::unread(rejection);
    }
    if request.headers().contains_key(ORIGIN) {
        let message = "Forbidden: /_sandbox does not accept requests from web pages";
        return middleware::unread(Rejection::message(&rules::NO_ORIGIN, StatusCode::FORBIDDEN, message));
    }
    next.run(request).await
}

async fn health(State(state): SharedState) -> Response {
    respond(StatusCode::OK, &description(&state))
}

/// The version and base URL.
fn description(state: &SandboxState) -> Value {
    json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION"), "url": state.api_url() })
}

async fn requests(State(state): SharedState) -> Response {
    let received = state.world().journal.all();
    let requests: Vec<_> = received.iter().map(ReceivedRequest::to_json).collect();
    respond(StatusCode::OK, &json!({ "requests": requests }))
}

async fn faults(State(state): SharedState) -> Response {
    remaining(&state, StatusCode::OK)
}

async fn add_faults(State(state): SharedState, request: Request) -> ApiResult {
    let body = read(&state, request).await?;
    let is_list = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let rules: Result<Vec<FaultRule>, _> =
        if is_list { from_json(&body) } else { from_json(&body).map(|rule| vec![rule]) };
    let rules = rules.map_err(|problem| invalid(&problem))?;
    let mut world = state.world();
    for rule in rules {
        world.faults.add(rule);
    }
    drop(world);
    Ok(remaining(&state, StatusCode::CREATED))
}

async fn clear_faults(State(state): SharedState) -> Response {
    state.world().faults.clear();
    remaining(&state, StatusCode::OK)
}

/// The rules that are left.
fn remaining(state: &SandboxState, status: StatusCode) -> Response {
    respond(status, &json!({ "faults": state.world().faults }))
}

async fn reset(State(state): SharedState, request: Request) -> ApiResult {
    let body = read(&state, request).await?;
    let is_empty = body.iter().all(u8::is_ascii_whitespace);
    let seed = if is_empty { None } else { Some(from_json::<Seed>(&body).map_err(|problem| invalid(&problem))?) };
    state.reset(seed).map_err(|error| invalid(error.to_string().trim_start_matches("seed: ")))?;
    Ok(respond(StatusCode::OK, &description(&state)))
}

async fn read(state: &SandboxState, request: Request) -> Result<bytes::Bytes, Rejection> {
    let (parts, body) = request.into_parts();
    middleware::read(&parts.headers, body, state.read_timeout, MAX_BODY_BYTES).await
}

/// A 400; the problem starts with the path of the member.
fn invalid(problem: &str) -> Rejection {
    Rejection::message(&rules::CONTROL_BODY, StatusCode::BAD_REQUEST, problem)
}

fn respond(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, JSON)], Body::from(body.to_string())).into_response()
}
