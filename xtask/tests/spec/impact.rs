use serde_json::{Value, json};
use xtask::spec::impact::{Change, Direction, Effect, Impact};

#[track_caller]
fn assert_change(keyword: &str, (ours, published): (Value, Value), expected: Change) {
    let side = |value: &Value| (!value.is_null()).then(|| value.clone());
    let (ours, published) = (side(&ours), side(&published));
    let change = Change::of(keyword, ours.as_ref(), published.as_ref());
    assert_eq!(change, expected, "{keyword}: {ours:?} to {published:?}");
}

#[test]
fn a_looser_limit_widens_and_a_stricter_one_narrows() {
    for upper in ["maximum", "maxLength", "maxItems", "maxProperties"] {
        assert_change(upper, (json!(40), json!(255)), Change::Widened);
        assert_change(upper, (json!(255), json!(40)), Change::Narrowed);
    }
    for lower in ["minimum", "minLength", "minItems", "minProperties"] {
        assert_change(lower, (json!(1), json!(2)), Change::Narrowed);
        assert_change(lower, (json!(2), json!(1)), Change::Widened);
    }
}

#[test]
fn an_added_rule_narrows_and_a_removed_one_widens() {
    for keyword in ["maximum", "minimum", "pattern", "format", "type", "enum", "default", "uniqueItems", "multipleOf"] {
        assert_change(keyword, (Value::Null, json!(1)), Change::Narrowed);
        assert_change(keyword, (json!(1), Value::Null), Change::Widened);
    }
    for keyword in ["pattern", "format", "default", "multipleOf"] {
        assert_change(keyword, (json!(1), json!(2)), Change::Changed);
    }
    assert_change("nullable", (Value::Null, json!(true)), Change::Widened);
    assert_change("nullable", (json!(true), Value::Null), Change::Narrowed);
    assert_change("writeOnly", (Value::Null, json!(true)), Change::Widened);
    assert_change("deprecated", (Value::Null, json!(true)), Change::Same);
}

#[test]
fn types_widen_from_integer_to_number_only() {
    assert_change("type", (json!("integer"), json!("number")), Change::Widened);
    assert_change("type", (json!("number"), json!("integer")), Change::Narrowed);
    assert_change("type", (json!("string"), json!("integer")), Change::Changed);
}

#[test]
fn enums_and_requirements_are_sets() {
    assert_change("enum", (json!(["a"]), json!(["a", "b"])), Change::Widened);
    assert_change("enum", (json!(["a", "b"]), json!(["a"])), Change::Narrowed);
    assert_change("enum", (json!(["a"]), json!(["b"])), Change::Changed);
    assert_change("required", (json!(["a"]), json!(["a", "b"])), Change::Narrowed);
    assert_change("required", (json!(["a"]), Value::Null), Change::Widened);
    assert_change("required", (json!(["a"]), json!(["b"])), Change::Changed);
    assert_change("required", (json!(true), Value::Null), Change::Widened);
}

#[test]
fn additional_properties_decide_what_is_allowed_besides_the_members() {
    let text = json!({"type": "string"});
    let cases = [
        (json!({}), Value::Null, Change::Same),
        (json!({}), json!(false), Change::Narrowed),
        (json!(false), Value::Null, Change::Widened),
        (json!(false), text.clone(), Change::Widened),
        (text.clone(), json!(false), Change::Narrowed),
        (text.clone(), Value::Null, Change::Widened),
        (text, json!({"type": "integer"}), Change::Changed),
    ];
    for (ours, published, expected) in cases {
        assert_change("additionalProperties", (ours, published), expected);
    }
}

#[test]
fn callers_may_gain_freedom_and_readers_certainty() {
    let (request, response) = (Direction::Request, Direction::Response);
    let cases = [
        (Change::Widened, request, Effect::Additive),
        (Change::Narrowed, request, Effect::Breaking),
        (Change::Changed, request, Effect::Breaking),
        (Change::Widened, response, Effect::Breaking),
        (Change::Narrowed, response, Effect::Additive),
        (Change::Changed, response, Effect::Breaking),
    ];
    for (change, direction, effect) in cases {
        assert_eq!(change.impact(direction), Impact::on(direction, effect), "{change:?} {direction:?}");
    }
    assert_eq!(Change::Same.impact(request), Impact::default());
}

#[test]
fn an_impact_names_who_notices_and_the_worse_of_two_effects_counts() {
    let (callers, readers) = (Direction::Request, Direction::Response);
    let breaking = Impact::on(callers, Effect::Breaking);
    let additive = Impact::on(callers, Effect::Additive);
    assert_eq!(breaking.and(additive), breaking);
    assert_eq!(breaking.to_string(), "breaking for callers");
    let both = breaking.and(Impact::on(readers, Effect::Additive));
    assert_eq!(both.to_string(), "breaking for callers, additive for readers");
    let same = additive.and(Impact::on(readers, Effect::Additive));
    assert_eq!(same.to_string(), "additive for callers and readers");
    assert_eq!(Impact::default().to_string(), "neutral");
    assert_eq!(both.worst(), Some(Effect::Breaking));
}
