use crate::support::{ONE, ours, value_at};
use serde_json::{Value, json};
use xtask::spec::{
    document::{METHODS, members},
    overlay::{check_applied, overlay},
};

fn actions(overlay: &Value) -> Vec<&Value> {
    overlay["actions"].as_array().expect("actions").iter().collect()
}

#[test]
fn each_operation_and_component_is_removed_before_ours_is_added() {
    let (ours, overlay) = (ours(), overlay(&ours()));
    assert_eq!(overlay["overlay"], "1.0.0");
    let actions = actions(&overlay);
    let position = |action: Value| actions.iter().position(|known| **known == action).expect("the action is there");
    let removed = |target: &str| position(json!({"target": target, "remove": true}));
    for (path, item) in members(&ours["paths"]) {
        let target = format!("$.paths['{path}']");
        let added = position(json!({"target": target, "update": item}));
        for (method, _) in members(item).filter(|(method, _)| METHODS.contains(&method.as_str())) {
            assert!(removed(&format!("{target}.{method}")) < added);
        }
        assert!(removed(&format!("{target}.parameters")) < added);
    }
    let added = position(json!({"target": "$.components", "update": ours["components"]}));
    for (section, named) in members(&ours["components"]) {
        for (name, _) in members(named) {
            assert!(removed(&format!("$.components.{section}['{name}']")) < added);
        }
    }
}

#[test]
fn each_difference_left_by_the_overlay_is_found() {
    let applied = ours();
    assert!(check_applied(&ours(), &applied).is_ok());
    let mut merged = applied.clone();
    value_at(&mut merged, "/paths")[ONE]["put"]["security"] = json!([{"api_key": []}]);
    value_at(&mut merged, "/components/schemas/State/enum").as_array_mut().expect("states").push(json!("FAILED"));
    let text = check_applied(&ours(), &merged).expect_err("two pointers differ").to_string();
    let expected = [format!("/paths/{ONE}/put: not as in"), "/components/schemas/State: not as in".to_owned()];
    assert!(expected.iter().all(|pointer| text.contains(pointer)), "{text}");
    assert_eq!(text.lines().count(), 2, "{text}");
}
