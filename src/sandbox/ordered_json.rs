//! JSON whose members keep the order in which they are written, as those of the live API do; `serde_json` sorts them.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Value;

use crate::timestamp::Timestamp;

/// A value of JSON.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Object(Vec<(&'static str, Json)>),
    Array(Vec<Json>),
    /// Anything whose order does not matter.
    Value(Value),
}

/// An object with these members, in this order.
macro_rules! object {
    ({ $($name:literal: $value:expr),* $(,)? }) => {
        $crate::sandbox::ordered_json::Json::Object(vec![$(($name, $crate::sandbox::ordered_json::Json::from($value))),*])
    };
}
pub(crate) use object;

impl Json {
    /// Adds a member at the end of an object.
    pub(crate) fn push(&mut self, name: &'static str, value: impl Into<Self>) {
        if let Self::Object(members) = self {
            members.push((name, value.into()));
        }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
            Self::Array(items) => serializer.collect_seq(items),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl From<Vec<Json>> for Json {
    fn from(items: Vec<Json>) -> Self {
        Self::Array(items)
    }
}

impl From<&Timestamp> for Json {
    fn from(time: &Timestamp) -> Self {
        Self::Value(time.as_str().into())
    }
}

macro_rules! from {
    ($($kind:ty),*) => {
        $(
            impl From<$kind> for Json {
                fn from(value: $kind) -> Self {
                    Self::Value(value.into())
                }
            }
        )*
    };
}

from!(&str, String, u64, usize, bool, Option<&str>, Value, serde_json::Map<String, Value>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Json;

    #[test]
    fn members_keep_their_order() {
        let mut page = object!({
            "values": vec![object!({ "type": "build", "key": "k" }), Json::from(json!({ "b": 1, "a": 2 }))],
            "size": 2_usize,
        });
        page.push("next", "n");
        let text = r#"{"values":[{"type":"build","key":"k"},{"a":2,"b":1}],"size":2,"next":"n"}"#;
        assert_eq!(page.to_string(), text);
    }
}
