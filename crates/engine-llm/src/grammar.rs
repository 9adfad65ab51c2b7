//! What the model may say, as a grammar (GBNF, see llama.cpp's grammars/README.md).
//!
//! With tools it may answer in words or call one tool with arguments that fit; nothing in between can be
//! generated. Small models leave the tag away and begin with `{`, so that begins a call too.

use jarvis_core::ToolSpec;
use jarvis_engine::{Fault, FaultCode};
use llama_cpp_2::json_schema_to_grammar;
use serde_json::{Value, json};

/// Words never begin like JSON, and a tag within them is the beginning of a call.
const WORDS_OR_CALL: &str = r#"root ::= tool-call | words ("<tool_call>" call-gap call-body)?
tool-call ::= "<tool_call>"? call-gap call-body
call-gap ::= [ \n]?
words ::= [^<{\x5B`] ([^<] | "<" [^t])*
"#;

/// Words, or a call of one of `tools`.
pub fn for_tools(tools: &[ToolSpec]) -> Result<String, Fault> {
    let calls: Vec<_> = tools.iter().map(call_schema).collect();
    let body = for_schema(&format!(r#"{{"oneOf":[{}]}}"#, calls.join(",")))?;
    let body: Vec<_> = body.lines().map(|line| line.replacen("root ::=", "call-body ::=", 1)).collect();
    Ok(format!("{WORDS_OR_CALL}{}\n", body.join("\n")))
}

/// JSON that matches `schema`, and nothing else.
pub fn for_schema(schema: &str) -> Result<String, Fault> {
    json_schema_to_grammar(schema)
        .map_err(|e| Fault::new(FaultCode::BadRequest, format!("the schema {schema} cannot be used: {e}")))
}

/// By hand, because the order of the properties is the order in which they are generated.
fn call_schema(tool: &ToolSpec) -> String {
    let mut parameters = tool.parameters.clone();
    if let Value::Object(schema) = &mut parameters {
        schema.entry("properties").or_insert_with(|| json!({}));
        schema.entry("additionalProperties").or_insert(json!(false));
    }
    format!(
        r#"{{"type":"object","properties":{{"name":{{"const":{}}},"arguments":{parameters}}},"required":["name","arguments"],"additionalProperties":false}}"#,
        json!(tool.name)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grammar_has_one_root_and_each_tool() {
        let tool =
            |name: &str, parameters| ToolSpec { name: name.into(), description: String::new(), parameters };
        let grammar = for_tools(&[
            tool("get_time", json!({"type": "object", "properties": {}})),
            tool(
                "set_light",
                json!({"properties": {"room": {"enum": ["hall", "attic"]}}, "required": ["room"]}),
            ),
        ])
        .unwrap();
        assert_eq!(grammar.lines().filter(|l| l.starts_with("root ::=")).count(), 1, "{grammar}");
        for word in ["call-body ::=", "get_time", "set_light", "attic"] {
            assert!(grammar.contains(word), "{word} in {grammar}");
        }
    }

    #[test]
    fn a_schema_that_makes_no_sense_is_a_bad_request() {
        assert_eq!(for_schema(r#"{"type": "nonsense"}"#).unwrap_err().code, FaultCode::BadRequest);
    }
}
