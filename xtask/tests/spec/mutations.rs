use crate::support::{LIST, ONE, STATUS, assert_reported, on_each_published, operation, remove, report, value_at};
use serde_json::{Value, json};

fn properties() -> String {
    format!("{STATUS}/properties")
}

#[test]
fn an_unchanged_document_has_nothing_to_report() {
    assert_reported(|_| {}, &[]);
}

#[test]
fn a_state_added_breaks_callers_whose_match_is_exhaustive() {
    let add = |document: &mut Value| {
        let states = value_at(document, &format!("{}/state/enum", properties()));
        states.as_array_mut().expect("a list of states").push(json!("PAUSED"));
    };
    assert_reported(
        add,
        &[
            "additive for readers /components/schemas/ReportedState/enum [response-state-open]",
            "breaking for callers /components/schemas/State/enum",
        ],
    );
}

#[test]
fn an_enum_value_dropped_breaks_callers() {
    let drop = |document: &mut Value| {
        *value_at(document, &format!("{}/state/enum", properties())) = json!(["SUCCESSFUL", "FAILED", "INPROGRESS"]);
    };
    assert_reported(
        drop,
        &[
            "additive for readers /components/schemas/ReportedState/enum [response-state-open]",
            "breaking for callers /components/schemas/State/enum",
        ],
    );
}

#[test]
fn a_member_removed_breaks_callers_and_readers() {
    assert_reported(
        |document| {
            remove(document, &properties(), "description");
        },
        &[
            "breaking for readers /components/schemas/BuildStatus/properties/description",
            "breaking for callers /components/schemas/BuildStatusCreate/properties/description",
            "breaking for callers /components/schemas/BuildStatusUpdate/properties/description",
        ],
    );
}

#[test]
fn a_member_added_is_additive() {
    assert_reported(
        |document| value_at(document, &properties())["progress"] = json!({"type": "integer"}),
        &[
            "additive for readers /components/schemas/BuildStatus/properties/progress",
            "additive for callers /components/schemas/BuildStatusCreate/properties/progress",
            "additive for callers /components/schemas/BuildStatusUpdate/properties/progress",
        ],
    );
}

#[test]
fn a_type_changed_breaks_callers_and_readers() {
    assert_reported(
        |document| value_at(document, &properties())["name"]["type"] = json!("integer"),
        &[
            "breaking for readers /components/schemas/BuildStatus/properties/name/type",
            "breaking for callers /components/schemas/BuildStatusCreate/properties/name/type",
            "breaking for callers /components/schemas/BuildStatusUpdate/properties/name/type",
        ],
    );
}

#[test]
fn a_requirement_added_below_a_recorded_pointer_is_still_seen() {
    assert_reported(
        |document| value_at(document, STATUS)["required"] = json!(["key", "state", "url"]),
        &[
            "additive for readers /components/schemas/BuildStatus/required [response-nullable]",
            "breaking for callers /components/schemas/BuildStatusCreate/required [create-body]",
            "breaking for callers /components/schemas/BuildStatusUpdate/required [update-body]",
        ],
    );
}

#[test]
fn an_operation_removed_breaks_callers_and_is_named() {
    let take_put = |document: &mut Value| {
        remove(document, &format!("/paths/{}", ONE.replace('/', "~1")), "put");
    };
    assert_reported(
        take_put,
        &[
            "neutral /components/schemas/BuildStatusUpdate",
            "neutral /components/schemas/BuildStatusUpdateLink",
            "neutral /components/schemas/BuildStatusUpdateLinks",
            &format!("breaking for callers {}", operation(ONE, "put")),
        ],
    );
    on_each_published(|published| {
        let mut changed = published.clone();
        take_put(&mut changed);
        let sentence = format!("the operation update_build_status (PUT {ONE}) is not in the document");
        assert_eq!(report(&changed).absent, [sentence]);
    });
}

#[test]
fn a_renamed_path_is_a_missing_operation_and_the_new_path_is_named() {
    let renamed = ONE.replace("{key}", "{name}");
    on_each_published(|published| {
        let mut changed = published.clone();
        let item = remove(&mut changed, "/paths", ONE);
        changed["paths"][&renamed] = item;
        let report = report(&changed);
        let hint = format!("is not in the document; {renamed} looks like it");
        let (question, gone) = report.absent.split_first().expect("a sentence");
        assert_eq!(question, "did `{key}` become `{name}`?");
        assert_eq!(gone.len(), 2);
        assert!(gone.iter().all(|sentence| sentence.ends_with(&hint)), "{gone:?}");
        assert!(!report.is_clean());
    });
}

#[test]
fn an_operation_added_to_one_of_our_paths_is_additive() {
    assert_reported(
        |document| {
            value_at(document, "/paths")[ONE]["delete"] = json!({"responses": {"204": {"description": "Gone."}}});
        },
        &[&format!("additive for callers {}", operation(ONE, "delete"))],
    );
}

#[test]
fn a_response_added_breaks_readers_when_it_is_a_success() {
    let put = operation(ONE, "put");
    for (status, effect) in [("202", "breaking"), ("409", "additive")] {
        assert_reported(
            |document| value_at(document, &put)["responses"][status] = json!({"description": "Another response."}),
            &[&format!("{effect} for readers {put}/responses/{status}")],
        );
    }
}

#[test]
fn a_parameter_added_is_additive_unless_it_is_required() {
    let list = operation(LIST, "get");
    for (required, effect) in [(false, "additive"), (true, "breaking")] {
        let since = json!({"name": "since", "in": "query", "required": required, "schema": {"type": "string"}});
        let add = |document: &mut Value| {
            let parameters = value_at(document, &format!("{list}/parameters"));
            parameters.as_array_mut().expect("a list of parameters").push(since.clone());
        };
        let expected = format!("{effect} for callers {list}/parameters/query.since");
        assert_reported(add, &["neutral /components/parameters/since", &expected]);
    }
}

#[test]
fn an_object_closed_breaks_callers() {
    assert_reported(
        |document| {
            value_at(document, STATUS)["additionalProperties"] = json!(false);
        },
        &[
            "additive for readers /components/schemas/BuildStatus/additionalProperties [responses-open]",
            "breaking for callers /components/schemas/BuildStatusCreate/additionalProperties",
            "breaking for callers /components/schemas/BuildStatusUpdate/additionalProperties",
        ],
    );
}

#[test]
fn a_format_changed_breaks_callers_and_no_reader_of_any_text() {
    assert_reported(
        |document| value_at(document, &properties())["created_on"]["format"] = json!("date"),
        &[
            "additive for readers /components/schemas/BuildStatus/properties/updated_on/format",
            "additive for callers /components/schemas/BuildStatusCreate/properties/created_on [create-body]",
            "breaking for callers /components/schemas/BuildStatusUpdate/properties/created_on/format [update-body]",
            "additive for readers /components/schemas/Timestamp/format [timestamps]",
        ],
    );
}

#[test]
fn a_description_changed_is_no_difference() {
    assert_reported(
        |document| {
            value_at(document, STATUS)["description"] = json!("Something else.");
            value_at(document, &properties())["key"]["description"] = json!("Something else.");
            let put = value_at(document, &operation(ONE, "put"));
            put["summary"] = json!("Something else.");
            put["responses"]["200"]["description"] = json!("Something else.");
            value_at(document, "/info")["title"] = json!("Something else.");
        },
        &[],
    );
}

#[test]
fn limits_defaults_and_nullability_are_compared() {
    let page = "/components/schemas/paginated_commitstatuses/properties";
    let at = "/components/schemas/BuildStatusPage/properties";
    assert_reported(
        |document| {
            let page = value_at(document, page);
            page["size"]["maximum"] = json!(1000);
            page["size"]["default"] = json!(1);
            page["size"]["multipleOf"] = json!(10);
            page["values"]["nullable"] = json!(true);
            page["values"]["maxItems"] = json!(100);
        },
        &[
            &format!("neutral {at}/size/default"),
            &format!("additive for readers {at}/size/maximum"),
            &format!("additive for readers {at}/size/multipleOf"),
            &format!("additive for readers {at}/values/maxItems"),
            &format!("breaking for readers {at}/values/nullable"),
        ],
    );
}
