//! The trait of arguments that are a text or an `Option` of one.

use std::borrow::Cow;

/// The argument of an optional member: a text, or an `Option` of one. `None` leaves the member out.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::{Client, State};
///
/// let commit = Client::builder().base_url("http://127.0.0.1:1").build()?.repository("acme/rocket")?.commit("e10dae2")?;
/// let branch: Option<String> = None;
/// let status = commit.set("unit-tests", State::Failed, "https://ci.example.com/42").refname(branch).name("Unit tests");
/// # Ok::<(), bitbucket_build_status::Error>(())
/// ```
pub trait OptionalText: sealed::Sealed {
    /// The text.
    #[doc(hidden)]
    fn into_optional(self) -> Option<String>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! texts {
    ($($text:ty),*) => {
        $(
            impl sealed::Sealed for $text {}

            impl OptionalText for $text {
                fn into_optional(self) -> Option<String> {
                    Some(self.into())
                }
            }
        )*
    };
}

texts!(&str, String, &String, Box<str>, Cow<'_, str>);

impl<T: Into<String>> sealed::Sealed for Option<T> {}

impl<T: Into<String>> OptionalText for Option<T> {
    fn into_optional(self) -> Option<String> {
        self.map(Into::into)
    }
}
