//! What a mock responds with: a method for each response of the document.

use httpmock::Then;

use crate::{
    generated::types::ErrorResponse,
    model::{BuildStatus, BuildStatusPage},
};

/// Declares the `then` of an operation: its successes, and the failures all operations share.
macro_rules! then {
    (
        $(#[$documentation:meta])* $name:ident;
        $($success:ident($status:literal, $value:ty): $of_success:literal;)*
    ) => {
        $(#[$documentation])*
        pub struct $name(Then);

        #[expect(clippy::return_self_not_must_use, reason = "the call itself specifies, as with httpmock's own")]
        impl $name {
            pub(crate) fn new(then: Then) -> Self {
                Self(then)
            }

            /// httpmock's own `Then`, for responses that the document does not have.
            ///
            /// # Examples
            ///
            /// ```
            /// use bitbucket_build_status::mock::{MockServer, MockServerExt as _};
            ///
            /// let server = MockServer::start();
            /// server.get_build_status(|when, then| {
            ///     when.key("unit-tests");
            ///     then.into_inner().status(418);
            /// });
            /// ```
            #[must_use]
            pub fn into_inner(self) -> Then {
                self.0
            }

            /// The HTTP status of each success.
            #[cfg(test)]
            const SUCCESSES: &[u16] = &[$($status),*];

            $(
                #[doc = $of_success]
                pub fn $success(self, value: &$value) -> Self {
                    Self(self.0.status($status).json_body_obj(value))
                }
            )*

            /// Adds a header, such as `Retry-After`.
            ///
            /// # Examples
            ///
            /// ```
            /// use bitbucket_build_status::mock::{MockServer, MockServerExt as _};
            ///
            /// let server = MockServer::start();
            /// server.get_build_status(|when, then| {
            ///     when.key("unit-tests");
            ///     then.rate_limited_text("slow down").header("Retry-After", "1");
            /// });
            /// ```
            pub fn header(self, name: &str, value: &str) -> Self {
                Self(self.0.header(name, value))
            }

            then! {
                @failures
                json bad_request(400, "application/json"): "400: the request is refused as invalid.";
                text bad_request_text(400, "text/plain"): "400, as text.";
                json unauthorized(401, "application/json"): "401: the credentials are missing, wrong or expired.";
                text unauthorized_text(401, "text/plain"): "401, as text.";
                json forbidden(403, "application/json"): "403: the credentials are not sufficient.";
                text forbidden_text(403, "text/plain"): "403, as text.";
                json not_found(404, "application/json"): "404: something that the path names does not exist.";
                text not_found_text(404, "text/plain"): "404, as text.";
                text not_found_html(404, "text/html"): "404, as an HTML page.";
                json rate_limited(429, "application/json"): "429: too many requests.";
                text rate_limited_text(429, "text/plain"): "429, as text: the form that was recorded.";
                json server_error(500, "application/json"): "500: Bitbucket failed.";
                text server_error_html(500, "text/html"): "500, as an HTML page.";
            }
        }
    };
    (@failures $($kind:ident $name:ident($status:literal, $media:literal): $documentation:literal;)*) => {
        /// The HTTP status and the media type of each failure.
        #[cfg(test)]
        const FAILURES: &[(u16, &str)] = &[$(($status, $media)),*];

        $(then! { @$kind $name($status, $media): $documentation })*
    };
    (@json $name:ident($status:literal, $media:literal): $documentation:literal) => {
        #[doc = $documentation]
        pub fn $name(self, error: &ErrorResponse) -> Self {
            Self(self.0.status($status).json_body_obj(error))
        }
    };
    (@text $name:ident($status:literal, $kind:literal): $documentation:literal) => {
        #[doc = $documentation]
        pub fn $name(self, text: &str) -> Self {
            Self(self.0.status($status).header("content-type", concat!($kind, "; charset=utf-8")).body(text))
        }
    };
}

then! {
    /// The response to creating a status.
    CreateThen;
    ok(200, BuildStatus): "200: the key existed, and the status was overwritten.";
    created(201, BuildStatus): "201: the status was created.";
}

then! {
    /// The response to updating or getting a status.
    StatusThen;
    ok(200, BuildStatus): "200: the status.";
}

then! {
    /// The response to a list.
    PageThen;
    ok(200, BuildStatusPage): "200: one page of statuses.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::{CreateThen, PageThen, StatusThen};
    use crate::document::{document, endpoints};

    type Responses<'a> = BTreeSet<(String, &'a str)>;

    /// The responses of an operation in the document: the status, and each media type.
    fn documented<'a>(document: &'a Value, id: &str) -> Responses<'a> {
        let operation = endpoints().iter().find(|operation| operation.id == id).expect("an operation of the document");
        let method = operation.method.as_str().to_lowercase();
        let responses = document["paths"][&operation.path][method]["responses"].as_object().expect("responses");
        let content = |response: &'a Value| {
            let target = response["$ref"].as_str().map(|target| document.pointer(&target[1..]).expect("a target"));
            target.unwrap_or(response)["content"].as_object().into_iter().flatten()
        };
        let each = responses
            .iter()
            .flat_map(|(status, response)| content(response).map(move |(media, _)| (status.clone(), media.as_str())));
        each.collect()
    }

    #[test]
    fn the_mocks_have_the_responses_of_the_document() {
        let document = document();
        let table = [
            ("create_build_status", CreateThen::SUCCESSES, CreateThen::FAILURES),
            ("update_build_status", StatusThen::SUCCESSES, StatusThen::FAILURES),
            ("get_build_status", StatusThen::SUCCESSES, StatusThen::FAILURES),
            ("list_commit_statuses", PageThen::SUCCESSES, PageThen::FAILURES),
            ("list_pull_request_statuses", PageThen::SUCCESSES, PageThen::FAILURES),
        ];
        for (id, successes, failures) in table {
            let successes = successes.iter().map(|status| (*status, "application/json"));
            let mocked: Responses =
                successes.chain(failures.iter().copied()).map(|(s, m)| (s.to_string(), m)).collect();
            assert_eq!(mocked, documented(document, id), "src/mock/then.rs: the responses of {id}");
        }
    }
}
