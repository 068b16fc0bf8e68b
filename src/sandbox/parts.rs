//! What a request names: repository, commit, key, and who asks.

use std::{collections::BTreeMap, time::Instant};

use axum::extract::{FromRequestParts, RawPathParams};
use http::{HeaderMap, StatusCode, header::HOST, request};
use reqwest::Url;

use super::{
    caller::{Caller, Scope, identify},
    exchange::Note,
    refusal::Refusal,
    rules,
    server::Server,
    store::{Place, Store, unknown_repository},
};

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
            return Err(super::write::no_status());
        }
        Ok(key)
    }

    /// Finds out who asks, takes the request off the budget, and holds the caller to the scope.
    pub(crate) fn admit(&self, server: &Server, scope: Scope, writes: bool) -> Result<Caller, Refusal> {
        let caller = identify(&server.identities, &server.tokens(), &self.headers, writes, &server.assumptions)?;
        self.note.caller(&caller, scope);
        let spent = server.budget().spend(caller.name.as_deref(), Instant::now(), server.assumptions.retry_after)?;
        self.note.headers(spent.into_iter().flat_map(super::budget::Left::headers));
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
