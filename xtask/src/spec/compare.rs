//! Compares two structures: each difference once, with its pointer and its impact.

use super::{
    document::{member, members, reference},
    impact::{Change, Direction, Effect, Impact},
    normal::{Normal, SECTIONS},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    ptr,
};

/// A difference between our document and the published one.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The pointer into our document, also if our document has nothing there.
    pub at: String,
    /// The pointer into the structure ([`Normal`]).
    pub position: String,
    /// Our value.
    pub ours: Option<Value>,
    /// The published value.
    pub published: Option<Value>,
    /// The impact of adopting the published value.
    pub impact: Impact,
}

/// Compares the structure of our document with that of the published one, which is trimmed and has our names.
#[must_use]
pub fn compare(ours: &Normal, published: &Normal) -> Vec<Difference> {
    let mut walk = Walk {
        ours: &ours.structure,
        published: &published.structure,
        found: BTreeMap::new(),
        compared: HashSet::new(),
        open: Vec::new(),
        written_out: Vec::new(),
    };
    walk.document();
    walk.unreached_schemas();
    let differences = walk.found.iter().filter(|(position, _)| !walk.is_reported_at_component(position));
    let differences = differences.map(|((position, _, _), (ours_value, published_value, impact))| Difference {
        at: ours.locate(position),
        position: position.clone(),
        ours: ours_value.clone(),
        published: published_value.clone(),
        impact: *impact,
    });
    differences.collect()
}

type Side<'a> = Option<&'a Value>;
/// The pointer and both values as text.
type Key = (String, String, String);

struct Walk<'a> {
    ours: &'a Value,
    published: &'a Value,
    found: BTreeMap<Key, (Option<Value>, Option<Value>, Impact)>,
    /// The components that were compared already, for each direction.
    compared: HashSet<(Direction, String)>,
    /// The pairs of differently named components that are being compared, so that circular references end.
    open: Vec<(&'a Value, &'a Value)>,
    /// The places where our document refers to a component and the published one has the schema inline: the pointer,
    /// and our component.
    written_out: Vec<(String, String)>,
}

impl<'a> Walk<'a> {
    fn document(&mut self) {
        self.leaf("/servers", self.ours.get("servers"), self.published.get("servers"), |_, _| {
            Impact::on(Direction::Request, Effect::Breaking)
        });
        for (path, ours, published) in both(self.ours.get("paths"), self.published.get("paths")) {
            for (method, ours, published) in both(ours, published) {
                self.operation(&member(&member("/paths", path), method), ours, published);
            }
        }
        self.leaf(
            "/info/version",
            self.ours.pointer("/info/version"),
            self.published.pointer("/info/version"),
            |_, _| Impact::on(Direction::Request, Effect::Breaking),
        );
        let schemes = |document: &'a Value| document["components"].get("securitySchemes");
        for (name, ours, published) in both(schemes(self.ours), schemes(self.published)) {
            self.scheme(&member("/components/securitySchemes", name), ours, published);
        }
        for section in SECTIONS {
            let all = |document: &'a Value| document["components"].get(section);
            for (name, ours, published) in both(all(self.ours), all(self.published)) {
                if ours.is_none() || published.is_none() {
                    let at = member(&format!("/components/{section}"), name);
                    self.leaf(&at, ours, published, |_, _| Impact::default());
                }
            }
        }
    }

    /// Compares the common schemas to which no reference has led, such as those in a `oneOf`, for both directions.
    fn unreached_schemas(&mut self) {
        for (name, ours, published) in both(schemas(self.ours), schemas(self.published)) {
            let at = member("/components/schemas", name);
            let ways = [Direction::Request, Direction::Response];
            if ours.is_none()
                || published.is_none()
                || ways.iter().any(|way| self.compared.contains(&(*way, at.clone())))
            {
                continue;
            }
            for way in ways {
                self.schema(&at, ours, published, way);
            }
        }
    }

    fn operation(&mut self, at: &str, ours: Side<'a>, published: Side<'a>) {
        let (Some(ours), Some(published)) = (ours, published) else {
            return self.leaf(at, ours, published, presence(Direction::Request));
        };
        for (keyword, ours, published) in both(Some(ours), Some(published)) {
            let at = member(at, keyword);
            match keyword {
                "parameters" => {
                    for (name, ours, published) in both(ours, published) {
                        self.parameter(&member(&at, name), ours, published);
                    }
                }
                "requestBody" => self.content(&at, ours, published, Direction::Request, true),
                "responses" => {
                    for (status, ours, published) in both(ours, published) {
                        let success = status.starts_with('2');
                        self.content(&member(&at, status), ours, published, Direction::Response, success);
                    }
                }
                "operationId" | "deprecated" => self.leaf(&at, ours, published, |_, _| Impact::default()),
                "security" | "x-atlassian-auth-types" => self.leaf(&at, ours, published, |ours, published| {
                    Change::choices(ours, published).impact(Direction::Request)
                }),
                "x-atlassian-oauth2-scopes" => self.leaf(&at, ours, published, |ours, published| {
                    Change::demands(ours, published).impact(Direction::Request)
                }),
                _ => self.leaf(&at, ours, published, |_, _| Impact::on(Direction::Request, Effect::Breaking)),
            }
        }
    }

    /// Compares security schemes. A scheme, a flow or a scope that is added breaks nothing.
    fn scheme(&mut self, at: &str, ours: Side<'a>, published: Side<'a>) {
        let (Some(ours), Some(published)) = (ours, published) else {
            return self.leaf(at, ours, published, presence(Direction::Request));
        };
        for (keyword, ours, published) in both(Some(ours), Some(published)) {
            let at = member(at, keyword);
            if keyword != "flows" {
                self.leaf(&at, ours, published, |_, _| Impact::on(Direction::Request, Effect::Breaking));
                continue;
            }
            for (flow, ours, published) in both(ours, published) {
                let at = member(&at, flow);
                if ours.is_none() || published.is_none() {
                    self.leaf(&at, ours, published, presence(Direction::Request));
                    continue;
                }
                for (keyword, ours, published) in both(ours, published) {
                    let at = member(&at, keyword);
                    if keyword != "scopes" {
                        self.leaf(&at, ours, published, |_, _| Impact::on(Direction::Request, Effect::Breaking));
                        continue;
                    }
                    for (scope, ours, published) in both(ours, published) {
                        self.leaf(&member(&at, scope), ours, published, presence(Direction::Request));
                    }
                }
            }
        }
    }

    fn parameter(&mut self, at: &str, ours: Side<'a>, published: Side<'a>) {
        let (Some(ours), Some(published)) = (ours, published) else {
            let required = published.is_some_and(|parameter| self.follow(parameter, false)["required"] == true);
            let effect = if ours.is_some() || required { Effect::Breaking } else { Effect::Additive };
            return self.leaf(at, ours, published, |_, _| Impact::on(Direction::Request, effect));
        };
        self.pair(at, ours, published, Direction::Request, |walk, at, ours, published| {
            for (keyword, ours, published) in both(Some(ours), Some(published)) {
                let at = member(at, keyword);
                match keyword {
                    "schema" => walk.schema(&at, ours, published, Direction::Request),
                    _ => walk.keyword(&at, keyword, ours, published, Direction::Request),
                }
            }
        });
    }

    /// Compares a body or a response. No client fails if an error response is added or removed.
    fn content(&mut self, at: &str, ours: Side<'a>, published: Side<'a>, direction: Direction, success: bool) {
        let presence = move |ours: Side, published: Side| match (success, direction) {
            (false, _) => Impact::on(direction, Effect::Additive),
            (true, Direction::Response) => Impact::on(direction, Effect::Breaking),
            (true, Direction::Request) => presence(direction)(ours, published),
        };
        let (Some(ours), Some(published)) = (ours, published) else {
            return self.leaf(at, ours, published, presence);
        };
        self.pair(at, ours, published, direction, |walk, at, ours, published| {
            for (keyword, ours, published) in both(Some(ours), Some(published)) {
                let at = member(at, keyword);
                match keyword {
                    "content" => {}
                    "headers" => {
                        walk.headers(&at, ours, published);
                        continue;
                    }
                    // A link is a hint, and changes nothing that is sent or read.
                    "links" => {
                        walk.leaf(&at, ours, published, |_, _| Impact::default());
                        continue;
                    }
                    _ => {
                        walk.keyword(&at, keyword, ours, published, direction);
                        continue;
                    }
                }
                for (media, ours, published) in both(ours, published) {
                    let at = member(&at, media);
                    if ours.is_none() || published.is_none() {
                        walk.leaf(&at, ours, published, presence);
                        continue;
                    }
                    for (keyword, ours, published) in both(ours, published) {
                        match keyword {
                            "schema" => walk.schema(&member(&at, keyword), ours, published, direction),
                            _ => walk.keyword(&member(&at, keyword), keyword, ours, published, direction),
                        }
                    }
                }
            }
        });
    }

    /// Compares the headers of a response. Readers may rely on one that is removed.
    fn headers(&mut self, at: &str, ours: Side<'a>, published: Side<'a>) {
        if ours.is_none() || published.is_none() {
            return self.leaf(at, ours, published, presence(Direction::Response));
        }
        for (name, ours, published) in both(ours, published) {
            let at = member(at, name);
            let (Some(ours), Some(published)) = (ours, published) else {
                self.leaf(&at, ours, published, presence(Direction::Response));
                continue;
            };
            self.pair(&at, ours, published, Direction::Response, |walk, at, ours, published| {
                for (keyword, ours, published) in both(Some(ours), Some(published)) {
                    let at = member(at, keyword);
                    match keyword {
                        "schema" => walk.schema(&at, ours, published, Direction::Response),
                        _ => walk.keyword(&at, keyword, ours, published, Direction::Response),
                    }
                }
            });
        }
    }

    fn schema(&mut self, at: &str, ours: Side<'a>, published: Side<'a>, direction: Direction) {
        let (Some(ours), Some(published)) = (ours, published) else {
            return self
                .leaf(at, ours, published, |ours, published| Change::of("schema", ours, published).impact(direction));
        };
        self.pair(at, ours, published, direction, |walk, at, ours, published| {
            for (keyword, ours_value, published_value) in both(Some(ours), Some(published)) {
                let at = member(at, keyword);
                match keyword {
                    "properties" => {
                        let closed = ours.get("additionalProperties") == Some(&Value::Bool(false));
                        walk.properties(&at, ours_value, published_value, direction, closed);
                    }
                    "items" => walk.schema(&at, ours_value, published_value, direction),
                    "additionalProperties" if is_schema(ours_value) && is_schema(published_value) => {
                        walk.schema(&at, ours_value, published_value, direction);
                    }
                    _ => walk.keyword(&at, keyword, ours_value, published_value, direction),
                }
            }
        });
    }

    fn properties(&mut self, at: &str, ours: Side<'a>, published: Side<'a>, direction: Direction, closed: bool) {
        for (name, ours, published) in both(ours, published) {
            let at = member(at, name);
            if ours.is_some() && published.is_some() {
                self.schema(&at, ours, published, direction);
                continue;
            }
            let lost = ours.is_some() || (closed && direction == Direction::Response);
            let effect = if lost { Effect::Breaking } else { Effect::Additive };
            self.leaf(&at, ours, published, |_, _| Impact::on(direction, effect));
        }
    }

    fn keyword(&mut self, at: &str, keyword: &str, ours: Side<'a>, published: Side<'a>, direction: Direction) {
        self.leaf(at, ours, published, |ours, published| match (keyword, direction) {
            ("default", _) => Impact::of_default(direction, ours, published),
            // What callers may send is an exhaustive enum in Rust: a new value breaks a `match`.
            ("enum", Direction::Request) => match Change::of(keyword, ours, published) {
                Change::Widened if published.is_some() => Impact::on(direction, Effect::Breaking),
                change => change.impact(direction),
            },
            _ => Change::of(keyword, ours, published).impact(direction),
        });
    }

    /// Compares the targets of two values. Components of the same name are compared once, at the component.
    fn pair(
        &mut self,
        at: &str,
        ours: &'a Value,
        published: &'a Value,
        direction: Direction,
        compare: impl FnOnce(&mut Self, &str, &'a Value, &'a Value),
    ) {
        let names = (reference(ours).unwrap_or_default(), reference(published).unwrap_or_default());
        if names == ("", "") {
            return compare(self, at, ours, published);
        }
        let names = (names.0.to_owned(), names.1.to_owned());
        let targets = (self.follow(ours, true), self.follow(published, false));
        if names.0 == names.1 {
            if self.compared.insert((direction, names.0.clone())) {
                compare(self, &names.0, targets.0, targets.1);
            }
        } else if !self.open.iter().any(|open| ptr::eq(open.0, targets.0) && ptr::eq(open.1, targets.1)) {
            if names.1.is_empty() {
                self.written_out.push((at.to_owned(), names.0));
            }
            self.open.push(targets);
            compare(self, at, targets.0, targets.1);
            self.open.pop();
        }
    }

    /// Whether the same difference was found at the component.
    fn is_reported_at_component(&self, (position, ours, published): &Key) -> bool {
        self.written_out.iter().any(|(at, component)| {
            let rest = position.strip_prefix(at.as_str());
            let there = rest.map(|rest| (format!("{component}{rest}"), ours.clone(), published.clone()));
            there.is_some_and(|key| self.found.contains_key(&key))
        })
    }

    fn follow(&self, value: &'a Value, ours: bool) -> &'a Value {
        let document = if ours { self.ours } else { self.published };
        reference(value).and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
    }

    fn leaf(&mut self, at: &str, ours: Side, published: Side, impact: impl FnOnce(Side, Side) -> Impact) {
        if ours == published {
            return;
        }
        let text = |side: Side| side.map(ToString::to_string).unwrap_or_default();
        let impact = impact(ours, published);
        self.found
            .entry((at.to_owned(), text(ours), text(published)))
            .and_modify(|(_, _, known)| *known = known.and(impact))
            .or_insert_with(|| (ours.cloned(), published.cloned(), impact));
    }
}

/// Adopting the published form removes what is only in ours, and adds what is only published.
fn presence(direction: Direction) -> impl Fn(Side, Side) -> Impact {
    move |ours, _| Impact::on(direction, if ours.is_some() { Effect::Breaking } else { Effect::Additive })
}

fn schemas(document: &Value) -> Side<'_> {
    document["components"].get("schemas")
}

fn is_schema(side: Side) -> bool {
    side.is_some_and(Value::is_object)
}

/// The members of two objects by name.
fn both<'v>(ours: Side<'v>, published: Side<'v>) -> Vec<(&'v str, Side<'v>, Side<'v>)> {
    let names = |side: Side<'v>| side.into_iter().flat_map(members).map(|(name, _)| name.as_str());
    let all: BTreeSet<&str> = names(ours).chain(names(published)).collect();
    let of = |side: Side<'v>, name: &str| side.and_then(|value| value.get(name));
    all.into_iter().map(|name| (name, of(ours, name), of(published, name))).collect()
}
