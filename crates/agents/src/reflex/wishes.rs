//! Reflexes that act on the machine: they name a tool and its arguments, and do nothing themselves. Whoever answers has the tool
//! called under the guard, as the person's own wish, and fills its result into the reply.

use serde_json::{Map, Value as Json};

use super::answers::Matched;
use super::slots::Value;
use super::{Context, Reply};

/// What is to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Name of the tool.
    pub tool: &'static str,
    /// Its arguments.
    pub arguments: Json,
    /// What is said afterwards, with `{result}` for what the tool says.
    pub reply: String,
}

impl Wish {
    /// What is said once the tool has said `result`.
    pub fn said(&self, result: &str) -> String {
        self.reply.replace("{result}", result)
    }
}

/// A tool, and how a reflex's words become its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub tool: &'static str,
    /// The arguments that the slots of the pattern hold, in their order.
    pub slots: &'static [&'static str],
    /// Arguments that are always the same.
    pub fixed: &'static [(&'static str, &'static str)],
}

pub(super) const fn call(tool: &'static str, slots: &'static [&'static str]) -> Call {
    Call { tool, slots, fixed: &[] }
}

pub(super) const fn fixed(tool: &'static str, fixed: &'static [(&'static str, &'static str)]) -> Call {
    Call { tool, slots: &[], fixed }
}

/// The reply that wishes it. None where the words are no such arguments.
pub(super) fn wish(matched: &Matched, call: &Call, ctx: &Context) -> Option<Reply> {
    let mut arguments = Map::new();
    let mut values = matched.values.iter();
    for name in call.slots {
        let value = match values.next()? {
            Value::Text(place) => {
                let said: String = matched.said.chars().skip(place.start).take(place.len()).collect();
                Json::from(said.trim_matches(|c: char| c.is_whitespace() || "\"“”„".contains(c)))
            }
            Value::Percent(percent) => Json::from(*percent),
            _ => return None,
        };
        arguments.insert((*name).to_owned(), value);
    }
    for (name, value) in call.fixed {
        arguments.insert((*name).to_owned(), Json::from(*value));
    }
    // Its place is kept until the tool has said it.
    let reply = matched.say("done", &[("result", "{result}")], &ctx.now);
    let wish = Wish { tool: call.tool, arguments: Json::Object(arguments), reply };
    Some(Reply { wish: Some(wish), ..Reply::of(matched.reflex.action.name()) })
}
