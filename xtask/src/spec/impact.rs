//! The impact of a difference on callers and readers, if the published form were adopted.

use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// The direction in which data flows through a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Callers write it.
    Request,
    /// Readers read it.
    Response,
}

/// The effect on one group of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Everything that worked still works.
    Additive,
    /// Something that worked may fail.
    Breaking,
}

/// The effect on callers and on readers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Impact {
    /// Those who send requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callers: Option<Effect>,
    /// Those who read responses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readers: Option<Effect>,
}

impl Impact {
    /// An effect in one direction.
    #[must_use]
    pub fn on(direction: Direction, effect: Effect) -> Self {
        match direction {
            Direction::Request => Self { callers: Some(effect), readers: None },
            Direction::Response => Self { callers: None, readers: Some(effect) },
        }
    }

    /// The worse of both effects.
    #[must_use]
    pub fn worst(self) -> Option<Effect> {
        self.callers.max(self.readers)
    }

    /// Combines two impacts: in each direction, the worse effect.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { callers: self.callers.max(other.callers), readers: self.readers.max(other.readers) }
    }
}

impl Impact {
    /// The impact of another default. It allows the same values, but changes the meaning of a value that is left out.
    ///
    /// Readers notice nothing. For callers, a new default adds certainty; a changed or removed one changes what their
    /// calls mean.
    #[must_use]
    pub fn of_default(direction: Direction, ours: Option<&Value>, published: Option<&Value>) -> Self {
        match (direction, ours, published) {
            (Direction::Response, _, _) => Self::default(),
            (Direction::Request, None, Some(_)) => Self::on(direction, Effect::Additive),
            (Direction::Request, _, _) => Self::on(direction, Effect::Breaking),
        }
    }
}

impl fmt::Display for Impact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |effect: Effect| match effect {
            Effect::Additive => "additive",
            Effect::Breaking => "breaking",
        };
        match (self.callers, self.readers) {
            (Some(callers), Some(readers)) if callers == readers => {
                write!(formatter, "{} for callers and readers", word(callers))
            }
            (Some(callers), Some(readers)) => {
                write!(formatter, "{} for callers, {} for readers", word(callers), word(readers))
            }
            (Some(callers), None) => write!(formatter, "{} for callers", word(callers)),
            (None, Some(readers)) => write!(formatter, "{} for readers", word(readers)),
            (None, None) => formatter.write_str("neutral"),
        }
    }
}

/// How the set of values that the published schema allows compares with ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The same values.
    Same,
    /// More values.
    Widened,
    /// Fewer values.
    Narrowed,
    /// Other values.
    Changed,
}

impl Change {
    /// The impact of the change in a direction.
    #[must_use]
    pub fn impact(self, direction: Direction) -> Impact {
        let effect = match (self, direction) {
            (Self::Same, _) => return Impact::default(),
            (Self::Widened, Direction::Request) | (Self::Narrowed, Direction::Response) => Effect::Additive,
            _ => Effect::Breaking,
        };
        Impact::on(direction, effect)
    }

    /// How a keyword changes the values that a schema allows.
    #[must_use]
    pub fn of(keyword: &str, ours: Option<&Value>, published: Option<&Value>) -> Self {
        match keyword {
            "discriminator" | "deprecated" => Self::Same,
            "maxLength" | "maximum" | "maxItems" | "maxProperties" => Self::bound(ours, published, true),
            "minLength" | "minimum" | "minItems" | "minProperties" => Self::bound(ours, published, false),
            "required" if ours.or(published).is_some_and(Value::is_array) => Self::sets(published, ours),
            "enum" if ours.is_some() && published.is_some() => Self::sets(ours, published),
            "type" => Self::types(ours, published),
            "additionalProperties" => Self::openness(ours, published),
            "nullable" | "writeOnly" => Self::presence(published, ours),
            _ => Self::presence(ours, published),
        }
    }

    /// For a list of alternatives for callers: a longer list allows more. No list means no limit.
    #[must_use]
    pub fn choices(ours: Option<&Value>, published: Option<&Value>) -> Self {
        match (ours, published) {
            (Some(_), Some(_)) => Self::sets(ours, published),
            _ => Self::presence(ours, published),
        }
    }

    /// For the scopes in Atlassian's extension. All of them must be granted, so a longer list allows less. Any other
    /// difference in the extension counts as a change.
    #[must_use]
    pub fn demands(ours: Option<&Value>, published: Option<&Value>) -> Self {
        let (Some(ours), Some(published)) = (ours, published) else {
            return Self::presence(ours, published);
        };
        let scopes = |extension: &Value| -> Value {
            let entries = extension.as_array().into_iter().flatten();
            entries.flat_map(|entry| entry["scopes"].as_array().cloned().unwrap_or_default()).collect()
        };
        match Self::sets(Some(&scopes(published)), Some(&scopes(ours))) {
            Self::Same => Self::Changed,
            change => change,
        }
    }

    /// For a keyword that restricts: without it, everything is allowed.
    fn presence(ours: Option<&Value>, published: Option<&Value>) -> Self {
        match (ours, published) {
            (None, Some(_)) => Self::Narrowed,
            (Some(_), None) => Self::Widened,
            _ => Self::Changed,
        }
    }

    fn bound(ours: Option<&Value>, published: Option<&Value>, upper: bool) -> Self {
        let (Some(ours), Some(published)) = (ours.and_then(Value::as_f64), published.and_then(Value::as_f64)) else {
            return Self::presence(ours, published);
        };
        if (published > ours) == upper { Self::Widened } else { Self::Narrowed }
    }

    /// For a list of allowed values: a longer list allows more.
    fn sets(ours: Option<&Value>, published: Option<&Value>) -> Self {
        let items = |list: Option<&Value>| list.and_then(Value::as_array).cloned().unwrap_or_default();
        let (ours, published) = (items(ours), items(published));
        let more = published.iter().any(|item| !ours.contains(item));
        let fewer = ours.iter().any(|item| !published.contains(item));
        match (more, fewer) {
            (true, true) => Self::Changed,
            (true, false) => Self::Widened,
            (false, true) => Self::Narrowed,
            (false, false) => Self::Same,
        }
    }

    fn types(ours: Option<&Value>, published: Option<&Value>) -> Self {
        match (ours.and_then(Value::as_str), published.and_then(Value::as_str)) {
            (Some("integer"), Some("number")) => Self::Widened,
            (Some("number"), Some("integer")) => Self::Narrowed,
            _ => Self::presence(ours, published),
        }
    }

    /// For JSON Schema, `{}` means the same as no keyword, but the generator keeps unknown members only with it.
    fn openness(ours: Option<&Value>, published: Option<&Value>) -> Self {
        let open = |value: Option<&Value>| value.is_none_or(|value| value == &serde_json::json!({}));
        match (open(ours), open(published)) {
            (true, true) => Self::Same,
            (true, false) => Self::Narrowed,
            (false, true) => Self::Widened,
            (false, false) => match (ours, published) {
                (Some(Value::Bool(false)), _) => Self::Widened,
                (_, Some(Value::Bool(false))) => Self::Narrowed,
                _ => Self::Changed,
            },
        }
    }
}
