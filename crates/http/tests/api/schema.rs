//! Whether an answer is what the document says: types, required fields, and no field that it does not name.

use serde_json::Value;

/// What is wrong with a value, by where it stands.
pub fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(document, schema, value, "", &mut found);
    found
}

fn check(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#'));
        return check(
            document,
            target.unwrap_or_else(|| panic!("{reference} is not in the document")),
            value,
            at,
            found,
        );
    }
    for any in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[any].as_array() {
            if choices.iter().all(|choice| !faults(document, choice, value).is_empty()) {
                found.push(format!("{at}: {value} is none of the {} choices", choices.len()));
            }
            return;
        }
    }
    if schema.get("allOf").is_some() {
        return check(document, &together(document, schema), value, at, found);
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(some) => some.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    if !types.iter().any(|kind| is_of(kind, value)) {
        found.push(format!("{at}: {value} is not {types:?}"));
        return;
    }
    if schema["minimum"].as_f64().is_some_and(|least| value.as_f64().is_some_and(|it| it < least)) {
        found.push(format!("{at}: {value} is below {}", schema["minimum"]));
    }
    match value {
        Value::Object(fields) => {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !fields.contains_key(name) {
                    found.push(format!("{at}/{name} is missing"));
                }
            }
            for (name, field) in fields {
                let at = format!("{at}/{name}");
                match (schema["properties"].get(name), schema.get("additionalProperties")) {
                    (Some(schema), _) => check(document, schema, field, &at, found),
                    (None, Some(schema)) if schema.is_object() => check(document, schema, field, &at, found),
                    _ => found.push(format!("{at} is not in the document")),
                }
            }
        }
        Value::Array(values) => {
            for (ix, value) in values.iter().enumerate() {
                check(document, &schema["items"], value, &format!("{at}/{ix}"), found);
            }
        }
        _ => {}
    }
}

/// An object that is several things at once, as one schema.
fn together(document: &Value, schema: &Value) -> Value {
    let mut whole = serde_json::json!({ "type": "object", "required": [], "properties": {} });
    for part in schema["allOf"].as_array().into_iter().flatten() {
        let part =
            part["$ref"].as_str().and_then(|it| document.pointer(it.trim_start_matches('#'))).unwrap_or(part);
        let required = part["required"].as_array().cloned().unwrap_or_default();
        whole["required"].as_array_mut().unwrap().extend(required);
        let properties = part["properties"].as_object().cloned().unwrap_or_default();
        whole["properties"].as_object_mut().unwrap().extend(properties);
    }
    whole
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[test]
fn a_fault_is_found_wherever_it_stands() {
    let document = serde_json::json!({ "components": { "schemas": { "Bird": {
        "type": "object",
        "required": ["name"],
        "properties": { "name": { "type": "string" }, "age": { "type": ["integer", "null"], "minimum": 0 } },
    } } } });
    let birds = serde_json::json!({ "type": "array", "items": { "$ref": "#/components/schemas/Bird" } });
    let faults = |value: Value| faults(&document, &birds, &value);
    assert!(
        faults(serde_json::json!([{ "name": "Kestrel", "age": null }, { "name": "", "age": 3 }])).is_empty()
    );
    for wrong in [
        serde_json::json!({}),
        serde_json::json!([{ "age": 3 }]),
        serde_json::json!([{ "name": "x", "age": 1.5 }]),
        serde_json::json!([{ "name": "x", "age": -1 }]),
        serde_json::json!([{ "name": "x", "wings": 2 }]),
    ] {
        assert_eq!(faults(wrong.clone()).len(), 1, "{wrong}");
    }
}
