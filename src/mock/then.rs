//! What is answered: a method for each answer the document lists.

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

            /// httpmock's own `Then`, for answers the document does not have.
            #[must_use]
            pub fn into_inner(self) -> Then {
                self.0
            }

            $(
                #[doc = $of_success]
                pub fn $success(self, value: &$value) -> Self {
                    Self(self.0.status($status).json_body_obj(value))
                }
            )*

            /// A header beside, such as `Retry-After`.
            pub fn header(self, name: &str, value: &str) -> Self {
                Self(self.0.header(name, value))
            }

            then! { @json bad_request(400): "400: the request is refused as invalid." }
            then! { @text bad_request_text(400, "text/plain"): "400, as text." }
            then! { @json unauthorized(401): "401: the credentials are missing, wrong or expired." }
            then! { @text unauthorized_text(401, "text/plain"): "401, as text." }
            then! { @json forbidden(403): "403: the credentials do not suffice." }
            then! { @text forbidden_text(403, "text/plain"): "403, as text." }
            then! { @json not_found(404): "404: something the path names does not exist." }
            then! { @text not_found_text(404, "text/plain"): "404, as text." }
            then! { @text not_found_html(404, "text/html"): "404, as an HTML page." }
            then! { @json rate_limited(429): "429: too many requests." }
            then! { @text rate_limited_text(429, "text/plain"): "429, as text: the form that was recorded." }
            then! { @json server_error(500): "500: Bitbucket failed." }
            then! { @text server_error_html(500, "text/html"): "500, as an HTML page." }
        }
    };
    (@json $name:ident($status:literal): $documentation:literal) => {
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
    /// What creating a status is answered with.
    CreateThen;
    ok(200, BuildStatus): "200: the key existed, the status as overwritten.";
    created(201, BuildStatus): "201: the status as created.";
}

then! {
    /// What updating or getting a status is answered with.
    StatusThen;
    ok(200, BuildStatus): "200: the status.";
}

then! {
    /// What a list is answered with.
    PageThen;
    ok(200, BuildStatusPage): "200: one page of statuses.";
}
