//! Whether a tool call's arguments are what the tool asked for.
//!
//! Models make mistakes, so arguments are checked before a tool sees them. It knows the part of JSON Schema
//! (json-schema.org, draft 2020-12) that tools describe themselves with: `type`, `enum`, `const`, `properties`,
//! `required`, `additionalProperties: false`, `items`, `minimum` and `maximum`. What it does not know, it lets pass.

use serde_json::Value;

use crate::ToolSpec;

impl ToolSpec {
    /// Checks `arguments` against the tool's schema. The error is a sentence that a model can learn from.
    pub fn check(&self, arguments: &Value) -> Result<(), String> {
        if !arguments.is_object() {
            return Err(format!("the arguments of {} must be a JSON object", self.name));
        }
        check(&self.parameters, arguments, "")
    }
}

fn check(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let here = if at.is_empty() { "the object" } else { at };
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|t| is_a(value, t)) {
        return Err(format!("{here} must be of type {}, not {value}", types.join(" or ")));
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        let allowed: Vec<_> = allowed.iter().map(Value::to_string).collect();
        return Err(format!("{here} must be one of {}, not {value}", allowed.join(", ")));
    }
    if let Some(only) = schema.get("const")
        && only != value
    {
        return Err(format!("{here} must be {only}, not {value}"));
    }
    if let Some(number) = value.as_f64() {
        let (low, high) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
        if low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high) {
            return Err(format!("{here} is out of range: {value}"));
        }
    }
    if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
        for (i, item) in values.iter().enumerate() {
            check(items, item, &format!("{at}[{i}]"))?;
        }
    }
    let Some(object) = value.as_object() else { return Ok(()) };
    for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(key) {
            return Err(format!("{here} lacks {key:?}"));
        }
    }
    for (key, value) in object {
        match schema["properties"].get(key) {
            Some(property) if at.is_empty() => check(property, value, key)?,
            Some(property) => check(property, value, &format!("{at}.{key}"))?,
            None if schema["additionalProperties"] == false => {
                return Err(format!("{here} may not have {key:?}"));
            }
            None => {}
        }
    }
    Ok(())
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        // 3.0 is an integer too, says the specification.
        "integer" => value.as_f64().is_some_and(|n| n.fract() == 0.0),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_mistake_is_named() {
        let spec = ToolSpec {
            name: "set_light".into(),
            description: String::new(),
            parameters: json!({"type": "object", "required": ["room", "level"], "additionalProperties": false, "properties": {
                "room": {"enum": ["kitchen", "hall"]},
                "level": {"type": "integer", "minimum": 0, "maximum": 100},
                "tags": {"type": "array", "items": {"type": "string"}}
            }}),
        };
        let table = [
            (json!({"room": "hall", "level": 3, "tags": ["a"]}), Ok(())),
            (json!("hall"), Err("the arguments of set_light must be a JSON object")),
            (json!({"room": "hall"}), Err("the object lacks \"level\"")),
            (
                json!({"room": "attic", "level": 3}),
                Err("room must be one of \"kitchen\", \"hall\", not \"attic\""),
            ),
            (json!({"room": "hall", "level": "3"}), Err("level must be of type integer, not \"3\"")),
            (json!({"room": "hall", "level": 2.5}), Err("level must be of type integer, not 2.5")),
            (json!({"room": "hall", "level": 101}), Err("level is out of range: 101")),
            (json!({"room": "hall", "level": 1, "tags": [1]}), Err("tags[0] must be of type string, not 1")),
            (json!({"room": "hall", "level": 1, "colour": 1}), Err("the object may not have \"colour\"")),
        ];
        for (arguments, expected) in table {
            assert_eq!(spec.check(&arguments), expected.map_err(str::to_string), "{arguments}");
        }
    }
}
