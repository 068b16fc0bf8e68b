//! The questions of the probe: one for each assumption of the sandbox, and for each of its rules that can be tested. No
//! I/O.

use std::{borrow::Cow, fmt};

use bitbucket_build_status::sandbox::Assumptions;
use serde_json::{Map, Value, json};

/// The key that most questions are asked under.
pub(super) const KEY: &str = "bbstatus-probe";
/// A key with a slash.
const SLASHED: &str = "bbstatus/probe";
/// The key of two statuses with different refnames.
const REFNAMES: &str = "bbstatus-probe-refnames";
/// A key that is never created.
const ABSENT: &str = "bbstatus-probe-absent";
/// All keys that are written, unless Bitbucket accepts what it is expected to refuse.
pub(super) const KEYS: [&str; 3] = [KEY, SLASHED, REFNAMES];

/// The url of all statuses that are written.
pub(super) const URL: &str = "https://example.com/bbstatus-probe";
const STATUSES: &str = "/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses";

/// Who sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// The credentials of the command.
    Own,
    /// None.
    Anonymous,
    /// A token that does not exist.
    WrongToken,
    /// Another user.
    Other,
    /// The account's API token, as a bearer token.
    ApiTokenAsBearer,
}

/// A body.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Body {
    None,
    Json(Value),
    /// The media type and the text.
    Text(&'static str, &'static str),
}

/// A request of a question. Its path has placeholders for names of people, workspaces and repositories.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) method: &'static str,
    pub(super) path: Cow<'static, str>,
    pub(super) body: Body,
    pub(super) sender: Sender,
    /// What is assumed of the response; none for a request that only prepares the next.
    pub(super) assumed: Option<Assumed>,
}

/// What is assumed of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assumed {
    Accepted,
    Refused,
    Status(u16),
}

impl Assumed {
    /// Whether a response is as assumed.
    pub(super) fn holds(self, status: u16) -> bool {
        match self {
            Self::Accepted => is_success(status),
            Self::Refused => !is_success(status),
            Self::Status(expected) => status == expected,
        }
    }
}

impl fmt::Display for Assumed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => formatter.write_str("accepted"),
            Self::Refused => formatter.write_str("refused"),
            Self::Status(status) => write!(formatter, "{status}"),
        }
    }
}

/// A response as the table shows it.
pub(super) fn observed(status: u16) -> String {
    if is_success(status) { format!("accepted ({status})") } else { format!("refused ({status})") }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// Something that some questions need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// The full hash of the commit.
    FullHash,
    /// The UUID of the repository.
    Uuid,
    /// A branch.
    Branch,
    /// Another user's token.
    OtherToken,
    /// An account's API token.
    ApiToken,
}

/// What is known before the questions are asked.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownFacts {
    pub(super) known: Vec<Fact>,
    /// The kind of credentials, as `X-Credential-Type` reports it.
    pub(super) credential_type: Option<String>,
}

impl KnownFacts {
    fn has(&self, fact: Fact) -> bool {
        self.known.contains(&fact)
    }
}

/// A question.
pub(super) struct Question {
    /// The name of the rule or the assumption.
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    /// Its requests, or why it cannot be asked here.
    pub(super) steps: fn(&KnownFacts, &Defaults) -> Result<Vec<Step>, &'static str>,
}

/// The defaults of the assumptions, by name.
pub(super) struct Defaults(Map<String, Value>);

impl Defaults {
    /// The defaults of the library.
    pub(super) fn of_the_sandbox() -> Self {
        match serde_json::to_value(Assumptions::default()) {
            Ok(Value::Object(defaults)) => Self(defaults),
            _ => Self(Map::new()),
        }
    }

    fn policy(&self, name: &str) -> Option<Assumed> {
        match self.0.get(name)?.as_str()? {
            "accept" => Some(Assumed::Accepted),
            _ => Some(Assumed::Refused),
        }
    }

    fn number(&self, name: &str) -> Option<usize> {
        usize::try_from(self.0.get(name)?.as_u64()?).ok()
    }
}

fn step(method: &'static str, path: impl Into<Cow<'static, str>>, assumed: impl Into<Option<Assumed>>) -> Step {
    Step { method, path: path.into(), body: Body::None, sender: Sender::Own, assumed: assumed.into() }
}

fn post(body: Value, assumed: impl Into<Option<Assumed>>) -> Step {
    Step { body: Body::Json(body), ..step("POST", format!("{STATUSES}/build"), assumed) }
}

fn put(key: &str, body: Value, assumed: impl Into<Option<Assumed>>) -> Step {
    Step { body: Body::Json(body), ..step("PUT", format!("{STATUSES}/build/{key}"), assumed) }
}

fn get(path: &str, assumed: impl Into<Option<Assumed>>) -> Step {
    step("GET", path.to_owned(), assumed)
}

/// The body of a creation, in which `members` replace the usual ones. Null removes a member; `"<null>"` sends null.
fn creation(members: Value) -> Value {
    changed(json!({"key": KEY, "state": "SUCCESSFUL", "url": URL}), members)
}

/// The body of an update, in the same way.
fn update(members: Value) -> Value {
    changed(json!({"type": "build", "key": KEY, "state": "SUCCESSFUL", "url": URL}), members)
}

fn changed(mut body: Value, members: Value) -> Value {
    if let (Value::Object(body), Value::Object(members)) = (&mut body, members) {
        for (name, value) in members {
            match value {
                Value::Null => drop(body.remove(&name)),
                Value::String(text) if text == "<null>" => drop(body.insert(name, Value::Null)),
                value => drop(body.insert(name, value)),
            }
        }
    }
    body
}

/// The status that the questions start from. They may change it, so it is also written at the end.
pub(super) fn baseline() -> Step {
    post(creation(json!({})), Assumed::Accepted)
}

/// The second request: reads the UUID and the main branch of the repository.
pub(super) fn repository() -> Step {
    get("/repositories/{workspace}/{repo_slug}", None)
}

/// The length of the longest description that is tried if no limit is assumed, in characters.
const LONG_DESCRIPTION: usize = 16_384;
/// The length of the longest url that is tried if no limit is assumed, in characters.
const LONG_URL: usize = 4_096;

fn long_url(length: usize) -> String {
    format!("{URL}/{}", "x".repeat(length.saturating_sub(URL.len() + 1)))
}

/// Steps that find a limit of characters: that many, and one more; without a limit, very many.
fn limit(limit: Option<usize>, very_many: usize, body: &dyn Fn(usize) -> Value) -> Vec<Step> {
    match limit {
        Some(most) => vec![post(body(most), Assumed::Accepted), post(body(most + 1), Assumed::Status(400))],
        None => vec![post(body(very_many), Assumed::Accepted)],
    }
}

/// Every question, in the order in which they are asked.
pub(super) const QUESTIONS: &[Question] = &[
    // Assumptions.
    Question {
        name: "update_without_type",
        text: "Is an update without `type` accepted?",
        steps: |_, defaults| {
            let body = update(json!({"type": null}));
            Ok(vec![put(KEY, body, defaults.policy("update_without_type"))])
        },
    },
    Question {
        name: "other_key_in_update",
        text: "Is an update accepted whose body has another key than its path?",
        steps: |_, defaults| {
            let body = update(json!({"key": ABSENT}));
            Ok(vec![put(KEY, body, defaults.policy("other_key_in_update")), baseline_again()])
        },
    },
    Question {
        name: "partial_update",
        text: "Is an update without `state` and `url` accepted?",
        steps: |_, defaults| {
            let body = update(json!({"state": null, "url": null, "description": "partial"}));
            Ok(vec![put(KEY, body, defaults.policy("partial_update"))])
        },
    },
    Question {
        name: "null_members",
        text: "Is null accepted as the description of a creation?",
        steps: |_, defaults| {
            Ok(vec![post(creation(json!({"description": "<null>"})), defaults.policy("null_members"))])
        },
    },
    Question {
        name: "other_type",
        text: "Is another `type` than `build` accepted?",
        steps: |_, defaults| Ok(vec![post(creation(json!({"type": "probe"})), defaults.policy("other_type"))]),
    },
    Question {
        name: "unknown_members",
        text: "Is a member accepted that the document does not have?",
        steps: |_, defaults| Ok(vec![post(creation(json!({"bbstatus_probe": 1})), defaults.policy("unknown_members"))]),
    },
    Question {
        name: "localhost_url",
        text: "Is a url on `localhost` accepted?",
        steps: |_, defaults| {
            let body = creation(json!({"url": "https://localhost:8443/bbstatus-probe"}));
            Ok(vec![post(body, defaults.policy("localhost_url"))])
        },
    },
    Question {
        name: "slash_in_path",
        text: "Is a key with a slash found under `%2F`?",
        steps: |_, defaults| {
            let path = format!("{STATUSES}/build/{}", SLASHED.replace('/', "%2F"));
            Ok(vec![post(creation(json!({"key": SLASHED})), None), step("GET", path, defaults.policy("slash_in_path"))])
        },
    },
    Question {
        name: "trailing_slash",
        text: "Is a path with a slash at its end accepted?",
        steps: |_, defaults| Ok(vec![get(&format!("{STATUSES}/"), defaults.policy("trailing_slash"))]),
    },
    Question {
        name: "fields",
        text: "Is `fields` accepted in a query?",
        steps: |_, defaults| Ok(vec![get(&format!("{STATUSES}?fields=values.key"), defaults.policy("fields"))]),
    },
    Question {
        name: "branch_as_commit",
        text: "Is a branch accepted in place of a commit?",
        steps: |facts, defaults| {
            let path = "/repositories/{workspace}/{repo_slug}/commit/{branch}/statuses";
            let step = get(path, defaults.policy("branch_as_commit"));
            facts.has(Fact::Branch).then(|| vec![step]).ok_or("the repository names no main branch; give --branch")
        },
    },
    Question {
        name: "empty_workspace",
        text: "Is `{}` accepted as the workspace of a repository named by its UUID?",
        steps: |facts, defaults| {
            let path = "/repositories/%7B%7D/{uuid}/commit/{commit}/statuses";
            let step = get(path, defaults.policy("empty_workspace"));
            facts.has(Fact::Uuid).then(|| vec![step]).ok_or("the repository's UUID is not known")
        },
    },
    Question {
        name: "api_token_as_bearer",
        text: "Is an account's API token accepted as a bearer token?",
        steps: |facts, defaults| {
            let sender = Sender::ApiTokenAsBearer;
            let step = Step { sender, ..get(STATUSES, defaults.policy("api_token_as_bearer")) };
            facts.has(Fact::ApiToken).then(|| vec![step]).ok_or("the credentials are not an account's API token")
        },
    },
    Question {
        name: "keys_that_differ_in_case",
        text: "Do keys that differ only in case name different statuses?",
        steps: |_, defaults| {
            // If they name different ones, the key in capitals is not found.
            let assumed = match defaults.policy("keys_that_differ_in_case") {
                Some(Assumed::Accepted) => Assumed::Status(404),
                _ => Assumed::Accepted,
            };
            Ok(vec![get(&format!("{STATUSES}/build/{}", KEY.to_uppercase()), assumed)])
        },
    },
    Question {
        name: "ambiguous_update",
        text: "Is an update without refname accepted if two statuses have the key?",
        steps: |_, defaults| {
            let named = |refname: &str| post(creation(json!({"key": REFNAMES, "refname": refname})), None);
            let body = update(json!({"key": REFNAMES}));
            let update = put(REFNAMES, body, defaults.policy("ambiguous_update"));
            Ok(vec![named("bbstatus-probe-a"), named("bbstatus-probe-b"), update])
        },
    },
    Question {
        name: "foreign_overwrite_status",
        text: "What is the response to an overwrite of another user's status?",
        steps: |facts, defaults| {
            let status = defaults.number("foreign_overwrite_status").and_then(|status| u16::try_from(status).ok());
            let step = post(creation(json!({})), status.map(Assumed::Status));
            let step = Step { sender: Sender::Other, ..step };
            facts
                .has(Fact::OtherToken)
                .then(|| vec![step])
                .ok_or("BBSTATUS_OTHER_TOKEN, another user's access token, is not set")
        },
    },
    Question {
        name: "shortest_commit",
        text: "How many digits of a commit suffice?",
        steps: |facts, defaults| {
            if !facts.has(Fact::FullHash) {
                return Err("the full hash of the commit is not known");
            }
            let digits = defaults.number("shortest_commit").unwrap_or(7);
            let path = |digits: usize| {
                format!("/repositories/{{workspace}}/{{repo_slug}}/commit/{{commit:{digits}}}/statuses")
            };
            Ok(vec![get(&path(digits), Assumed::Accepted), get(&path(digits - 1), Assumed::Refused)])
        },
    },
    Question {
        name: "name_limit",
        text: "How many characters may a name have?",
        steps: |_, defaults| {
            let body = |length| creation(json!({"name": "x".repeat(length)}));
            Ok(limit(defaults.number("name_limit"), 1_000, &body))
        },
    },
    Question {
        name: "description_limit",
        text: "How many characters may a description have?",
        steps: |_, defaults| {
            let body = |length| creation(json!({"description": "x".repeat(length)}));
            Ok(limit(defaults.number("description_limit"), LONG_DESCRIPTION, &body))
        },
    },
    Question {
        name: "url_limit",
        text: "How many characters may a url have?",
        steps: |_, defaults| {
            let body = |length| creation(json!({"url": long_url(length)}));
            Ok(limit(defaults.number("url_limit"), LONG_URL, &body))
        },
    },
    // Rules.
    Question {
        name: "key-length",
        text: "Is a key of 41 characters refused?",
        steps: |_, _| Ok(vec![post(creation(json!({"key": format!("{KEY:x<41}")})), Assumed::Status(400))]),
    },
    Question {
        name: "url-form",
        text: "Are a url without a dot in its host and one without a scheme refused?",
        steps: |_, _| {
            let with = |url: &str| post(creation(json!({"url": url})), Assumed::Status(400));
            Ok(vec![with("http://jenkins:8080/1"), with("/bbstatus-probe")])
        },
    },
    Question {
        name: "state-name",
        text: "Are an unknown state, and a state in lower case, refused?",
        steps: |_, _| {
            let with = |state: &str| post(creation(json!({"state": state})), Assumed::Status(400));
            Ok(vec![with("SKIPPED"), with("successful")])
        },
    },
    Question {
        name: "required-members",
        text: "Is a creation without key, state or url refused?",
        steps: |_, _| {
            let without = |name: &str| {
                let members = Map::from_iter([(name.to_owned(), Value::Null)]);
                post(creation(Value::Object(members)), Assumed::Status(400))
            };
            Ok(["key", "state", "url"].map(without).to_vec())
        },
    },
    Question {
        name: "member-types",
        text: "Is a number refused where a text is expected?",
        steps: |_, _| Ok(vec![post(creation(json!({"description": 42})), Assumed::Status(400))]),
    },
    Question {
        name: "body-present",
        text: "Is a creation without a body refused?",
        steps: |_, _| {
            let body = Body::Text("application/json", "");
            Ok(vec![Step { body, ..post(Value::Null, Assumed::Status(400)) }])
        },
    },
    Question {
        name: "body-json",
        text: "Is a form accepted, and text that is not JSON refused?",
        steps: |_, _| {
            let form = "key=bbstatus-probe&state=SUCCESSFUL&url=https%3A%2F%2Fexample.com%2Fbbstatus-probe";
            let form = Body::Text("application/x-www-form-urlencoded", form);
            let text = Body::Text("application/json", "bbstatus-probe");
            Ok(vec![
                Step { body: form, ..post(Value::Null, Assumed::Accepted) },
                Step { body: text, ..post(Value::Null, Assumed::Status(400)) },
            ])
        },
    },
    Question {
        name: "known-credentials",
        text: "Is a token that does not exist refused?",
        steps: |_, _| Ok(vec![Step { sender: Sender::WrongToken, ..get(STATUSES, Assumed::Status(401)) }]),
    },
    Question {
        name: "credentials-present",
        text: "Is a creation without credentials refused?",
        steps: |_, _| Ok(vec![Step { sender: Sender::Anonymous, ..post(creation(json!({})), Assumed::Status(401)) }]),
    },
    Question {
        name: "repository-known",
        text: "Does a repository that does not exist lead to a 404?",
        steps: |_, _| {
            let path = "/repositories/{workspace}/bbstatus-probe-absent/commit/{commit}/statuses";
            Ok(vec![get(path, Assumed::Status(404))])
        },
    },
    Question {
        name: "commit-known",
        text: "Does a commit that does not exist lead to a 404?",
        steps: |_, _| {
            let commit = "0badc0de0badc0de0badc0de0badc0de0badc0de";
            let path = format!("/repositories/{{workspace}}/{{repo_slug}}/commit/{commit}/statuses");
            Ok(vec![get(&path, Assumed::Status(404))])
        },
    },
    Question {
        name: "branch-known",
        text: "Does a branch that does not exist lead to a 404?",
        steps: |_, _| {
            let path = "/repositories/{workspace}/{repo_slug}/refs/branches/bbstatus-probe-absent";
            Ok(vec![get(path, Assumed::Status(404))])
        },
    },
    Question {
        name: "pull-request-known",
        text: "Does a pull request that does not exist lead to a 404?",
        steps: |_, _| {
            let path = "/repositories/{workspace}/{repo_slug}/pullrequests/2147483647/statuses";
            Ok(vec![get(path, Assumed::Status(404))])
        },
    },
    Question {
        name: "status-known",
        text: "Do a read and an update of a status that does not exist lead to a 404?",
        steps: |_, _| {
            let read = get(&format!("{STATUSES}/build/{ABSENT}"), Assumed::Status(404));
            Ok(vec![read, put(ABSENT, update(json!({"key": ABSENT})), Assumed::Status(404))])
        },
    },
    Question {
        name: "page-numbers",
        text: "Are a `pagelen` of 101 and a `page` of 0 refused?",
        steps: |_, _| {
            let with = |query: &str| get(&format!("{STATUSES}?{query}"), Assumed::Status(400));
            Ok(vec![with("pagelen=101"), with("page=0")])
        },
    },
    Question {
        name: "sort-member",
        text: "Is `sort` by a member that does not exist refused?",
        steps: |_, _| Ok(vec![get(&format!("{STATUSES}?sort=bbstatus_probe"), Assumed::Status(400))]),
    },
    Question {
        name: "api-path",
        text: "Does a path that the API does not have lead to a 404?",
        steps: |_, _| Ok(vec![get("/bbstatus-probe", Assumed::Status(404))]),
    },
    Question {
        name: "api-method",
        text: "Is DELETE of a status refused?",
        steps: |_, _| {
            Ok(vec![step("DELETE", format!("{STATUSES}/build/{KEY}"), Assumed::Status(405)), baseline_again()])
        },
    },
    Question {
        name: "path-encoding",
        text: "Does a path that is not UTF-8 lead to a 404?",
        steps: |_, _| {
            let path = "/repositories/{workspace}/{repo_slug}/commit/%FF/statuses";
            Ok(vec![get(path, Assumed::Status(404))])
        },
    },
    Question {
        name: "account",
        text: "Is `/user` refused for an access token, and returned for an account?",
        steps: |facts, _| {
            let assumed = match facts.credential_type.as_deref() {
                Some(kind) if kind.ends_with("_access_token") => Assumed::Status(403),
                Some(_) => Assumed::Accepted,
                None => return Err("the kind of credentials is not known"),
            };
            Ok(vec![get("/user", assumed)])
        },
    },
];

/// The usual status again, after a question whose outcome may have moved it.
fn baseline_again() -> Step {
    Step { assumed: None, ..baseline() }
}

/// Rules and assumptions without a question of their own, and why.
pub(super) const NOT_ASKED: &[(&str, &str)] = &[
    ("retry_after", "a 429 is not provoked; one that arrives is recorded"),
    ("rate-limit", "a 429 is not provoked; one that arrives is recorded"),
    ("key-text", "a limit of paths"),
    ("key-change", "asked as other_key_in_update"),
    ("complete-update", "asked as partial_update"),
    ("type-name", "asked as other_type"),
    ("known-members", "asked as unknown_members"),
    ("text-length", "asked as name_limit"),
    ("author-only", "asked as foreign_overwrite_status"),
    ("status-unambiguous", "asked as ambiguous_update"),
    ("trailing-slash", "asked as trailing_slash"),
    ("commit-unambiguous", "two commits that start with the same digits would be needed"),
    ("token-fresh", "a token would have to expire first"),
    ("scope", "a token without the scope would be needed"),
    ("grant", "an OAuth consumer's secret would be sent"),
    ("body-size", "a guard of the sandbox"),
    ("head-size", "a guard of the sandbox"),
    ("host-known", "a guard of the sandbox"),
    ("no-origin", "a guard of the sandbox's own interface"),
    ("control-body", "a guard of the sandbox's own interface"),
    ("no-filter", "a limit of the sandbox"),
    ("not-modelled", "a limit of the sandbox"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use bitbucket_build_status::sandbox::{Assumptions, rules};

    use super::{Assumed, Defaults, Fact, KnownFacts, NOT_ASKED, QUESTIONS, baseline, observed, repository};

    fn all_facts() -> KnownFacts {
        let known = vec![Fact::FullHash, Fact::Uuid, Fact::Branch, Fact::OtherToken, Fact::ApiToken];
        KnownFacts { known, credential_type: Some("api_token".to_owned()) }
    }

    #[test]
    fn every_assumption_and_every_rule_is_asked_about_once_or_has_a_reason_not_to_be() {
        let named = QUESTIONS.iter().map(|question| question.name).chain(NOT_ASKED.iter().map(|(name, _)| *name));
        let named: Vec<_> = named.collect();
        let unique: BTreeSet<_> = named.iter().copied().collect();
        assert_eq!(unique.len(), named.len(), "a name occurs twice");
        let assumptions = Assumptions::ALL.iter().map(|assumption| assumption.name);
        let known: BTreeSet<_> = assumptions.chain(rules::ALL.iter().map(|rule| rule.name)).collect();
        // Two rules have the name of the assumption that they are asked as.
        assert_eq!(unique, known, "edit QUESTIONS or NOT_ASKED");
    }

    #[test]
    fn every_question_assumes_something_and_all_fit_into_sixty_requests() {
        let mut requests = [baseline(), repository(), baseline()].len();
        for question in QUESTIONS {
            let steps = (question.steps)(&all_facts(), &Defaults::of_the_sandbox()).expect("all facts are known");
            assert!(steps.iter().any(|step| step.assumed.is_some()), "{}", question.name);
            requests += steps.len();
        }
        assert!(requests <= super::super::MAX_REQUESTS, "{requests}");
    }

    #[test]
    fn every_state_that_is_written_is_successful_or_expected_to_be_refused() {
        for question in QUESTIONS {
            for step in (question.steps)(&all_facts(), &Defaults::of_the_sandbox()).expect("all facts are known") {
                let super::Body::Json(body) = &step.body else { continue };
                let refused = matches!(step.assumed, Some(Assumed::Status(400..) | Assumed::Refused));
                assert!(refused || body.get("state").is_none_or(|state| state == "SUCCESSFUL"), "{}", question.name);
            }
        }
    }

    #[test]
    fn a_question_that_cannot_be_asked_says_why() {
        let unasked = QUESTIONS.iter().filter_map(|question| {
            Some((question.name, (question.steps)(&KnownFacts::default(), &Defaults::of_the_sandbox()).err()?))
        });
        let names: Vec<_> = unasked.map(|(name, _)| name).collect();
        let expected = [
            "branch_as_commit",
            "empty_workspace",
            "api_token_as_bearer",
            "foreign_overwrite_status",
            "shortest_commit",
            "account",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_response_is_as_assumed_by_its_status() {
        let table = [
            (Assumed::Accepted, 201, true),
            (Assumed::Accepted, 302, false),
            (Assumed::Refused, 500, true),
            (Assumed::Refused, 200, false),
            (Assumed::Status(404), 404, true),
            (Assumed::Status(404), 400, false),
        ];
        for (assumed, status, holds) in table {
            assert_eq!(assumed.holds(status), holds, "{assumed} {status}");
        }
        assert_eq!((observed(200), observed(404)), ("accepted (200)".to_owned(), "refused (404)".to_owned()));
    }
}
