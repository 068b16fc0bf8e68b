//! The routes: the document's operations and the resources around them, and what each does.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Instant, SystemTime},
};

use axum::{
    Router,
    body::Bytes,
    extract::{FromRequestParts, RawPathParams, State},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use http::{
    HeaderMap, StatusCode, Uri,
    header::{CONTENT_TYPE, LOCATION},
    request,
};
use reqwest::Url;

use super::{
    assumptions::Assumptions,
    auth::{self, Principal, Scope, authenticate},
    body, control,
    identity::CredentialType,
    middleware::{self, RequestNotes},
    ordered_json::{Json, object},
    origin::Origin,
    rate_limiter,
    rejection::{JSON, Rejection},
    render::{self, BASE_PATH, Query, Renderer},
    rules::{self, Rule},
    state::{SandboxState, World},
    store::{RepositoryState, Store},
    write,
};
use crate::document;

type SharedState = State<Arc<SandboxState>>;
type ApiResult = Result<Response, Rejection>;

/// The path of a repository, below [`BASE_PATH`].
const REPOSITORY: &str = "/repositories/{workspace}/{repo_slug}";

/// The routes of the document's operations, and those of the resources around them, which can only be read.
pub(crate) fn router(state: Arc<SandboxState>) -> Router {
    let mut router = Router::new();
    for operation in document::endpoints() {
        let Ok(method) = MethodFilter::try_from(operation.method.clone()) else { continue };
        let Some(route) = route(&operation.id, method) else { continue };
        router = with_route(router, &operation.path, route);
    }
    let around = [
        ("/user".to_owned(), on(MethodFilter::GET, user)),
        ("/workspaces/{workspace}".to_owned(), on(MethodFilter::GET, workspace)),
        (REPOSITORY.to_owned(), on(MethodFilter::GET, repository)),
        (format!("{REPOSITORY}/commit/{{commit}}"), on(MethodFilter::GET, commit)),
        (format!("{REPOSITORY}/pullrequests/{{pull_request_id}}"), on(MethodFilter::GET, pull_request)),
        (format!("{REPOSITORY}/pullrequests/{{pull_request_id}}/commits"), on(MethodFilter::GET, commits)),
    ];
    router = around.into_iter().fold(router, |router, (path, route)| with_route(router, &path, route));
    router
        // The name of a branch may contain slashes.
        .route(&format!("{BASE_PATH}{REPOSITORY}/refs/branches/{{*branch}}"), on(MethodFilter::GET, branch))
        .route(auth::TOKEN_PATH, on(MethodFilter::POST, token))
        .method_not_allowed_fallback(async || no_method())
        .fallback(async |uri: Uri| no_path(uri.path()))
        .layer(from_fn_with_state(Arc::clone(&state), middleware::handle_request))
        .with_state(Arc::clone(&state))
        .merge(control::router(state))
}

/// Adds a path below [`BASE_PATH`], also with a slash at its end.
fn with_route(
    router: Router<Arc<SandboxState>>,
    path: &str,
    route: MethodRouter<Arc<SandboxState>>,
) -> Router<Arc<SandboxState>> {
    router.route(&format!("{BASE_PATH}{path}/"), route.clone()).route(&format!("{BASE_PATH}{path}"), route)
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

async fn create(State(state): SharedState, request: ApiRequest, headers: HeaderMap, body: Bytes) -> ApiResult {
    let mut world = state.world();
    let principal = request.authorize(&mut world, Some(Scope::Repository), true)?;
    let World { store, assumptions, .. } = &mut *world;
    let repository = request.repository(store, assumptions, &principal)?;
    let commit = repository.commit(request.named("commit"), assumptions)?;
    let input = body::read_create(&headers, &body, assumptions)?;
    let statuses = repository.statuses_mut(&commit);
    let (status, is_new) = write::create(statuses, input, principal.writer(), assumptions, SystemTime::now())?;
    let body = request.render().status(repository, &commit, &status);
    if !is_new {
        return Ok(request.json(StatusCode::OK, &body));
    }
    let location = request.render().location(repository, &commit, &status);
    Ok(([(LOCATION, location)], request.json(StatusCode::CREATED, &body)).into_response())
}

async fn update(State(state): SharedState, request: ApiRequest, headers: HeaderMap, body: Bytes) -> ApiResult {
    let mut world = state.world();
    let principal = request.authorize(&mut world, Some(Scope::Repository), true)?;
    let World { store, assumptions, .. } = &mut *world;
    let repository = request.repository(store, assumptions, &principal)?;
    let commit = repository.commit(request.named("commit"), assumptions)?;
    let key = request.key(assumptions)?;
    let input = body::read_update(&headers, &body, key, assumptions)?;
    let statuses = repository.statuses_mut(&commit);
    let status = write::update(statuses, key, input, principal.writer(), assumptions, SystemTime::now())?;
    Ok(request.json(StatusCode::OK, &request.render().status(repository, &commit, &status)))
}

async fn get(State(state): SharedState, request: ApiRequest) -> ApiResult {
    let mut world = state.world();
    let principal = request.authorize(&mut world, Some(Scope::Repository), false)?;
    let World { store, assumptions, .. } = &mut *world;
    let repository = request.repository(store, assumptions, &principal)?;
    let commit = repository.commit(request.named("commit"), assumptions)?;
    let status = write::find(repository.statuses_of(&commit), request.key(assumptions)?, assumptions)?;
    Ok(request.json(StatusCode::OK, &request.render().status(repository, &commit, status)))
}

async fn list_of_commit(State(state): SharedState, request: ApiRequest) -> ApiResult {
    let mut world = state.world();
    let principal = request.authorize(&mut world, Some(Scope::Repository), false)?;
    let World { store, assumptions, .. } = &mut *world;
    let repository = request.repository(store, assumptions, &principal)?;
    let commit = repository.commit(request.named("commit"), assumptions)?;
    let query = Query::read(&request.address)?;
    let statuses = repository.statuses_of(&commit).values();
    let shown = statuses.filter(|status| query.refname.is_none() || status.matches(query.refname.as_deref()));
    let mut shown: Vec<_> = shown.collect();
    query.sort(&mut shown);
    let page = query.page(shown, &request.address, |status| request.render().status(repository, &commit, status));
    Ok(request.json(StatusCode::OK, &page))
}

async fn list_of_pull_request(State(state): SharedState, request: ApiRequest) -> ApiResult {
    let mut world = state.world();
    let principal = request.authorize(&mut world, Some(Scope::PullRequest), false)?;
    let World { store, assumptions, .. } = &mut *world;
    let repository = request.repository(store, assumptions, &principal)?;
    let pull_request = repository.pull_request(request.pull_request_id())?;
    let commit = repository.commit(pull_request.source_commit.as_str(), assumptions)?;
    let query = Query::read(&request.address)?;
    let statuses = repository.statuses_of(&commit).values();
    let shown = statuses.filter(|status| status.matches(Some(&pull_request.source_branch)));
    let mut shown: Vec<_> = shown.collect();
    query.sort(&mut shown);
    let page = query.page(shown, &request.address, |status| request.render().status(repository, &commit, status));
    Ok(request.json(StatusCode::OK, &page))
}

async fn user(State(state): SharedState, request: ApiRequest) -> ApiResult {
    let principal = request.authorize(&mut state.world(), Some(Scope::Account), false)?;
    let Some(name) = &principal.name else { return Err(Rejection::no_credentials()) };
    if principal.credential == CredentialType::AccessToken {
        let message = "This resource does not support authentication using the provided token";
        return Err(Rejection::message(&rules::ACCOUNT, StatusCode::FORBIDDEN, message));
    }
    Ok(request.json(StatusCode::OK, &request.render().user(name)))
}

async fn workspace(State(state): SharedState, request: ApiRequest) -> ApiResult {
    let mut world = state.world();
    let principal = request.authorize(&mut world, None, false)?;
    let name = world.store.workspace(request.named("workspace"), principal.sees_private())?;
    Ok(request.json(StatusCode::OK, &request.render().workspace(&name)))
}

async fn repository(State(state): SharedState, request: ApiRequest) -> ApiResult {
    let mut world = state.world();
    let principal = request.authorize(&mut world, Some(Scope::Repository), false)?;
    let World { store, assumptions, .. } = &mut *world;
    let repository = request.repository(store, assumptions, &principal)?;
    Ok(request.json(StatusCode::OK, &request.render().repository(repository)))
}

async fn branch(State(state): SharedState, request: ApiRequest) -> ApiResult {
    let mut world = state.world();
    let principal = request.authorize(&mut world, Some(Scope::Repository), false)?;
    let World { store, assumptions, .. } = &mut *world;
    let repository = request.repository(store, assumptions, &principal)?;
    let name = request.named("branch").trim_end_matches('/');
    let hash = repository.branch(name, assumptions)?;
    Ok(request.json(StatusCode::OK, &request.render().branch(repository, name, &hash)))
}

async fn commit(State(state): SharedState, request: ApiRequest) -> ApiResult {
    let mut world = state.world();
    let principal = request.authorize(&mut world, Some(Scope::Repository), false)?;
    let World { store, assumptions, .. } = &mut *world;
    let repository = request.repository(store, assumptions, &principal)?;
    let hash = repository.commit(request.named("commit"), assumptions).map_err(|rejection| {
        let message = "Changeset not found.";
        Rejection::message(rejection.rule(), StatusCode::NOT_FOUND, message)
    })?;
    Ok(request.json(StatusCode::OK, &request.render().commit(repository, &hash)))
}

async fn pull_request(State(state): SharedState, request: ApiRequest) -> ApiResult {
    let mut world = state.world();
    let principal = request.authorize(&mut world, Some(Scope::PullRequest), false)?;
    let World { store, assumptions, .. } = &mut *world;
    let repository = request.repository(store, assumptions, &principal)?;
    let pull_request = repository.pull_request(request.pull_request_id())?;
    let hash = repository.commit(pull_request.source_commit.as_str(), assumptions)?;
    Ok(request.json(StatusCode::OK, &request.render().pull_request(repository, &pull_request, &hash)))
}

/// The last commit of a pull request, the only one that is known.
async fn commits(State(state): SharedState, request: ApiRequest) -> ApiResult {
    let mut world = state.world();
    let principal = request.authorize(&mut world, Some(Scope::PullRequest), false)?;
    let World { store, assumptions, .. } = &mut *world;
    let repository = request.repository(store, assumptions, &principal)?;
    let pull_request = repository.pull_request(request.pull_request_id())?;
    let hash = repository.commit(pull_request.source_commit.as_str(), assumptions)?;
    let query = Query::read(&request.address)?;
    let page = query.page(vec![hash], &request.address, |hash| request.render().commit(repository, &hash));
    Ok(request.json(StatusCode::OK, &page))
}

async fn token(State(state): SharedState, headers: HeaderMap, body: Bytes) -> ApiResult {
    let World { tokens, identities, .. } = &mut *state.world();
    Ok(json_response(StatusCode::OK, &tokens.grant(identities, &headers, &body)?))
}

fn no_path(path: &str) -> Rejection {
    no_path_for(if path.starts_with(BASE_PATH) { &rules::NOT_MODELLED } else { &rules::API_PATH })
}

fn no_path_for(rule: &'static Rule) -> Rejection {
    let error = object!({ "message": "Resource not found", "detail": "There is no API hosted at this URL." });
    Rejection::json(rule, StatusCode::NOT_FOUND, error)
}

fn no_method() -> Rejection {
    Rejection::message(&rules::API_METHOD, StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
}

fn json_response(status: StatusCode, value: &Json) -> Response {
    (status, [(CONTENT_TYPE, JSON)], value.to_string()).into_response()
}

const HTML_NOT_FOUND: &str = "<!DOCTYPE html>\n<html><head><title>Page not found</title></head>\
                              <body><h1>Resource not found</h1></body></html>\n";

/// The parameters and headers of a request to the API.
#[derive(Debug)]
pub(crate) struct ApiRequest {
    named: BTreeMap<String, String>,
    headers: HeaderMap,
    notes: RequestNotes,
    origin: Origin,
    /// The address of the request, for the links between pages.
    address: Url,
    /// The members that the response should have.
    fields: Option<String>,
}

impl FromRequestParts<Arc<SandboxState>> for ApiRequest {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut request::Parts, state: &Arc<SandboxState>) -> Result<Self, Rejection> {
        let malformed = || Rejection::html(&rules::PATH_ENCODING, StatusCode::NOT_FOUND, HTML_NOT_FOUND);
        let named = RawPathParams::from_request_parts(parts, state).await.map_err(|_| malformed())?;
        let named: BTreeMap<_, _> = named.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        if named.values().any(|text| text.contains('\0')) {
            return Err(malformed());
        }
        let origin = state.hosts.origin_of(&parts.uri, parts.version, &parts.headers)?;
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let address = Url::parse(&format!("{}{target}", origin.0)).map_err(|_| malformed())?;
        let notes = parts.extensions.get::<RequestNotes>().cloned().unwrap_or_default();
        let fields = address.query_pairs().find(|(name, _)| name == "fields").map(|(_, value)| value.into_owned());
        Ok(Self { named, headers: parts.headers.clone(), notes, origin, address, fields })
    }
}

impl ApiRequest {
    /// A parameter of the path, decoded.
    fn named(&self, name: &str) -> &str {
        self.named.get(name).map_or("", String::as_str)
    }

    /// The key in the path.
    fn key(&self, assumptions: &Assumptions) -> Result<&str, Rejection> {
        let key = self.named("key");
        if key.contains('/') && !assumptions.slash_in_path.accepts() {
            return Err(write::no_status());
        }
        Ok(key)
    }

    /// The number of the pull request in the path; 0, which no pull request has, if it is not a number.
    fn pull_request_id(&self) -> u64 {
        self.named("pull_request_id").parse().unwrap_or(0)
    }

    /// Authenticates the request, counts it against the rate limit, and checks the scopes.
    fn authorize(&self, world: &mut World, scope: Option<Scope>, writes: bool) -> Result<Principal, Rejection> {
        let World { identities, tokens, assumptions, rate_limiter, .. } = world;
        let principal = authenticate(identities, tokens, &self.headers, writes, assumptions)?;
        self.notes.principal(&principal, scope);
        let quota = rate_limiter.acquire(principal.name.as_deref(), Instant::now(), assumptions.retry_after)?;
        self.notes.headers(quota.into_iter().flat_map(rate_limiter::Quota::headers));
        if self.fields.is_some() && !assumptions.fields.accepts() {
            let problem = "fields: the sandbox is set to refuse partial responses";
            return Err(Rejection::message(&rules::FIELDS, StatusCode::BAD_REQUEST, problem));
        }
        if self.address.path().ends_with('/') && !assumptions.trailing_slash.accepts() {
            return Err(no_path_for(&rules::TRAILING_SLASH));
        }
        principal.check(scope)?;
        Ok(principal)
    }

    /// A response with this body, or with the part of it that `fields` selects.
    fn json(&self, status: StatusCode, body: &Json) -> Response {
        match &self.fields {
            Some(fields) => json_response(status, &render::select(body, fields)),
            None => json_response(status, body),
        }
    }

    fn render(&self) -> Renderer<'_> {
        Renderer::new(&self.origin)
    }

    /// The repository in the path, if the principal may see it.
    fn repository<'a>(
        &self,
        store: &'a mut Store,
        assumptions: &Assumptions,
        principal: &Principal,
    ) -> Result<&'a mut RepositoryState, Rejection> {
        store.repository(self.named("workspace"), self.named("repo_slug"), principal.sees_private(), assumptions)
    }
}
