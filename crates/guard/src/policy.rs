//! The rules: Cedar policies, those of the signed constitution first, then those that a person can read and change.
//!
//! Each effect of a call is judged for itself, and the strictest answer is the call's. What no rule permits, and every
//! error, asks. Nothing here runs anything or asks anybody.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::str::FromStr;

use cedar_policy::{
    Authorizer, Context, Decision as Cedar, Effect as CedarEffect, Entities, EntityTypeName, EntityUid,
    PolicyId, PolicySet, Request, RestrictedExpression, Schema, ValidationMode, Validator,
};
use serde::{Deserialize, Serialize};

use crate::act::{Act, Effect, Risk};
use crate::circumstances::{Circumstances, Origin};
use crate::constitution;
use crate::place::Places;
use crate::risk;

/// The rules that ship, and the form that every rule must have.
pub const SHIPPED_RULES: &str = include_str!("../policy/rules.cedar");
const SCHEMA: &str = include_str!("../policy/schema.cedarschema");

/// What is to happen with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Decision {
    /// It runs.
    Run,
    /// The person is asked.
    Ask,
    /// It does not run.
    Deny,
}

impl Decision {
    /// As written in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Ask => "ask",
            Self::Deny => "deny",
        }
    }
}

/// A decision, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// What is to happen.
    pub decision: Decision,
    /// How much harm it can do.
    pub risk: Risk,
    /// The rule that decided, such as `constitution/critical-asks-every-time`; `no-rule` where none spoke.
    pub rule: String,
    /// The effect that decided, as the rules call it.
    pub effect: String,
}

/// Why rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The constitution is not the one that was signed.
    #[error("the constitution is not the one that was signed")]
    Constitution,
    /// What is done could not be written down.
    #[error("what is done cannot be recorded")]
    NoRecords,
    /// A rule cannot be read.
    #[error("the rules cannot be read: {0}")]
    Syntax(String),
    /// A rule names something that there is not.
    #[error("the rules do not fit: {0}")]
    Unfit(String),
    /// The file cannot be opened.
    #[error("the rules' file {path} cannot be read ({reason})")]
    File {
        /// Which.
        path: String,
        /// Why.
        reason: String,
    },
}

/// The rules, ready to judge.
pub struct Policy {
    authorizer: Authorizer,
    policies: PolicySet,
    /// Those that refuse and do not merely ask.
    denying: BTreeSet<PolicyId>,
    entities: Entities,
    origins: [EntityUid; 3],
    actions: BTreeMap<&'static str, EntityUid>,
    /// The type of every resource: reading its name takes longer than a decision.
    tool: EntityTypeName,
}

/// Every action, as the rules call it.
const ACTIONS: [&str; 16] = [
    "look",
    "see",
    "read",
    "create",
    "change",
    "leave",
    "run",
    "launch",
    "end",
    "send",
    "input",
    "read_clipboard",
    "write_clipboard",
    "window",
    "adjust",
    "foreign",
];

impl Policy {
    /// The constitution, and `rules`: those that ship, or a person's own.
    pub fn new(rules: &str) -> Result<Self, PolicyError> {
        let (schema, _) =
            Schema::from_cedarschema_str(SCHEMA).map_err(|e| PolicyError::Syntax(e.to_string()))?;
        let mut policies = PolicySet::new();
        let mut denying = BTreeSet::new();
        for (origin, text) in [("constitution", constitution::text()?), ("rules", rules)] {
            for (n, policy) in parsed(text)?.into_iter().enumerate() {
                let name = policy.annotation("id").map_or_else(|| format!("{}", n + 1), str::to_owned);
                let id = PolicyId::new(format!("{origin}/{name}"));
                if policy.effect() == CedarEffect::Forbid && policy.annotation("answer") == Some("deny") {
                    denying.insert(id.clone());
                }
                policies.add(policy.new_id(id)).map_err(|e| PolicyError::Unfit(e.to_string()))?;
            }
        }
        let checked = Validator::new(schema).validate(&policies, ValidationMode::Strict);
        if let Some(error) = checked.validation_errors().next() {
            return Err(PolicyError::Unfit(error.to_string()));
        }
        let uid = |kind: &str, name: &str| {
            EntityUid::from_str(&format!("{kind}::\"{name}\"")).map_err(|e| PolicyError::Unfit(e.to_string()))
        };
        let mut actions = BTreeMap::new();
        for action in ACTIONS {
            actions.insert(action, uid("Action", action)?);
        }
        Ok(Self {
            authorizer: Authorizer::new(),
            policies,
            denying,
            entities: Entities::empty(),
            origins: [uid("Origin", "person")?, uid("Origin", "model")?, uid("Origin", "program")?],
            actions,
            tool: EntityTypeName::from_str("Tool").map_err(|e| PolicyError::Unfit(e.to_string()))?,
        })
    }

    /// The rules of `file`; those that ship, where there is no such file.
    pub fn load(file: &Path) -> Result<Self, PolicyError> {
        match std::fs::read_to_string(file) {
            Ok(rules) => Self::new(&rules),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Self::new(SHIPPED_RULES),
            Err(e) => Err(PolicyError::File { path: file.display().to_string(), reason: e.to_string() }),
        }
    }

    /// Judges a call. `allowed_always` says of each effect whether the person has allowed its like for always, and
    /// `secret` whether something secret stands in the arguments.
    pub fn judge(
        &self,
        act: &Act,
        circumstances: &Circumstances,
        places: &Places,
        allowed_always: &dyn Fn(&Effect) -> bool,
        secret: bool,
    ) -> Verdict {
        let risk = risk::of_act(act, places);
        let none =
            Verdict { decision: Decision::Run, risk, rule: "touches-nothing".into(), effect: String::new() };
        let verdicts = act.effects.iter().map(|effect| {
            let own = risk::of(effect, act.undoable, places);
            let facts = Facts { effect, risk: own, allowed_always: allowed_always(effect), secret };
            let (decision, rule) = self.judge_effect(act, &facts, circumstances, places);
            Verdict { decision, risk, rule, effect: effect.name().into() }
        });
        // Of the equally strict the first speaks.
        verdicts.fold(none, |strictest, next| {
            if strictest.effect.is_empty() || next.decision > strictest.decision { next } else { strictest }
        })
    }

    fn judge_effect(
        &self,
        act: &Act,
        facts: &Facts,
        circumstances: &Circumstances,
        places: &Places,
    ) -> (Decision, String) {
        let Some(request) = self.request(act, facts, circumstances, places) else {
            return (Decision::Ask, "error".into());
        };
        let response = self.authorizer.is_authorized(&request, &self.policies, &self.entities);
        if response.diagnostics().errors().next().is_some() {
            return (Decision::Ask, "error".into());
        }
        let mut reasons: Vec<&PolicyId> = response.diagnostics().reason().collect();
        // Cedar tells them in no order.
        reasons.sort();
        let denied = reasons.iter().find(|id| self.denying.contains(**id));
        let rule = denied.or(reasons.first()).map_or_else(|| "no-rule".to_owned(), |id| id.to_string());
        match (response.decision(), denied) {
            (Cedar::Allow, _) => (Decision::Run, rule),
            (Cedar::Deny, Some(_)) => (Decision::Deny, rule),
            (Cedar::Deny, None) => (Decision::Ask, rule),
        }
    }

    fn request(
        &self,
        act: &Act,
        facts: &Facts,
        circumstances: &Circumstances,
        places: &Places,
    ) -> Option<Request> {
        let principal = match circumstances.origin {
            Origin::Person => &self.origins[0],
            Origin::Model => &self.origins[1],
            Origin::Program => &self.origins[2],
        };
        let action = self.actions.get(facts.effect.name())?;
        let resource =
            EntityUid::from_type_name_and_id(self.tool.clone(), cedar_policy::EntityId::new(&act.tool));
        let text = |value: &str| RestrictedExpression::new_string(value.to_owned());
        let (mut path, mut place, mut command, mut programs) = (String::new(), "", "", Vec::new());
        let (mut understood, mut network) = (true, false);
        let (mut host, mut window, mut app, mut process, mut server) = ("", "", "", "", "");
        match facts.effect {
            Effect::Read { path: p }
            | Effect::Create { path: p }
            | Effect::Change { path: p }
            | Effect::Leave { path: p } => {
                path = p.to_string_lossy().into_owned();
                place = places.of(p).as_str();
            }
            Effect::Run { command: line, folder, network: reaches } => {
                command = &line.text;
                programs = line.programs.iter().map(|p| text(p)).collect();
                (understood, network) = (line.understood, *reaches);
                if let Some(folder) = folder {
                    path = folder.to_string_lossy().into_owned();
                    place = places.of(folder).as_str();
                }
            }
            Effect::Send { host: to, .. } => host = to,
            Effect::Input { window: title, .. } | Effect::Window { title, .. } => window = title,
            Effect::Launch { app: name } => app = name,
            Effect::End { process: name, .. } => process = name,
            Effect::Foreign { server: name, .. } => server = name,
            Effect::Look | Effect::See | Effect::Adjust | Effect::ReadClipboard | Effect::WriteClipboard => {}
        }
        let context = Context::from_pairs([
            ("risk".into(), text(facts.risk.as_str())),
            ("undoable".into(), RestrictedExpression::new_bool(act.undoable)),
            ("tainted".into(), RestrictedExpression::new_bool(!circumstances.tainted_by.is_empty())),
            ("allowed_always".into(), RestrictedExpression::new_bool(facts.allowed_always)),
            ("secret".into(), RestrictedExpression::new_bool(facts.secret)),
            ("path".into(), text(&path)),
            ("place".into(), text(place)),
            ("command".into(), text(command)),
            ("programs".into(), RestrictedExpression::new_set(programs)),
            ("understood".into(), RestrictedExpression::new_bool(understood)),
            ("network".into(), RestrictedExpression::new_bool(network)),
            ("host".into(), text(host)),
            ("window".into(), text(window)),
            ("app".into(), text(app)),
            ("process".into(), text(process)),
            ("server".into(), text(server)),
        ])
        .ok()?;
        Request::new(principal.clone(), action.clone(), resource, context, None).ok()
    }
}

/// What is known of one effect.
struct Facts<'a> {
    effect: &'a Effect,
    risk: Risk,
    allowed_always: bool,
    secret: bool,
}

/// The policies of a text, none of them twice by name.
fn parsed(text: &str) -> Result<Vec<cedar_policy::Policy>, PolicyError> {
    let set = PolicySet::from_str(text).map_err(|e| PolicyError::Syntax(e.to_string()))?;
    let mut policies: Vec<cedar_policy::Policy> = set.policies().cloned().collect();
    // Cedar numbers them as they stand in the text: "policy10" comes after "policy9".
    policies.sort_by_key(|policy| {
        let id = policy.id().to_string();
        (id.len(), id)
    });
    Ok(policies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circumstances::{Taint, TaintKind};

    fn judged(
        rules: &str,
        effect: Effect,
        undoable: bool,
        origin: Origin,
        tainted: bool,
    ) -> (Decision, String) {
        let policy = Policy::new(rules).unwrap();
        let places = Places::new(Path::new("/home/ada"), &["/home/ada/.config/jarvis".into()]);
        let act = Act { tool: "some_tool".into(), effects: vec![effect], words: String::new(), undoable };
        let mut circumstances = Circumstances { origin, turn: None, tainted_by: Vec::new() };
        if tainted {
            circumstances.read(Taint { kind: TaintKind::Web, source: "example.org".into() });
        }
        let verdict = policy.judge(&act, &circumstances, &places, &|_| false, false);
        (verdict.decision, verdict.rule)
    }

    #[test]
    fn rules_that_ship() {
        use Decision::{Ask, Deny, Run};
        let read = |path: &str| Effect::Read { path: path.into() };
        let leave = |path: &str| Effect::Leave { path: path.into() };
        let send = || Effect::Send { host: "example.org".into(), data: false };
        for (effect, undoable, origin, tainted, expected, rule) in [
            (Effect::Look, false, Origin::Model, true, Run, "rules/low-runs"),
            (read("/home/ada/x"), false, Origin::Model, true, Run, "rules/low-runs"),
            (
                read("/home/ada/x"),
                false,
                Origin::Program,
                false,
                Ask,
                "rules/programs-ask-before-they-look-over-your-shoulder",
            ),
            (
                read("/home/ada/.ssh/id_rsa"),
                false,
                Origin::Model,
                false,
                Deny,
                "constitution/secrets-are-not-for-models",
            ),
            (
                read("/home/ada/.ssh/id_rsa"),
                false,
                Origin::Person,
                false,
                Ask,
                "constitution/critical-asks-every-time",
            ),
            (
                leave("/home/ada/x"),
                true,
                Origin::Model,
                false,
                Run,
                "rules/medium-runs-when-it-can-be-undone",
            ),
            (
                leave("/home/ada/x"),
                true,
                Origin::Model,
                true,
                Ask,
                "constitution/after-strangers-text-nothing-changes-unasked",
            ),
            (leave("/home/ada/x"), false, Origin::Model, false, Ask, "constitution/high-asks"),
            (
                leave("/home/ada/.config/jarvis/x"),
                true,
                Origin::Person,
                false,
                Deny,
                "constitution/jarvis-does-not-rewrite-itself",
            ),
            (send(), false, Origin::Model, false, Run, "rules/low-runs"),
            (send(), false, Origin::Model, true, Ask, "constitution/after-strangers-text-nothing-leaves"),
            (
                Effect::End { process: "x".into(), own: true, force: false },
                false,
                Origin::Person,
                false,
                Run,
                "rules/what-you-ask-for-yourself-runs",
            ),
            (
                Effect::End { process: "x".into(), own: true, force: false },
                false,
                Origin::Model,
                false,
                Ask,
                "no-rule",
            ),
        ] {
            let told = format!("{effect:?} {origin:?} tainted: {tainted}");
            let (decision, by) = judged(SHIPPED_RULES, effect, undoable, origin, tainted);
            assert_eq!((decision, by.as_str()), (expected, rule), "{told}");
        }
    }

    #[test]
    fn a_person_can_forbid_and_permit_but_not_above_the_constitution() {
        let all = "permit (principal, action, resource);";
        let run = |origin, effect, tainted| judged(all, effect, false, origin, tainted).0;
        let send = || Effect::Send { host: "example.org".into(), data: true };
        assert_eq!(run(Origin::Model, Effect::See, false), Decision::Run);
        assert_eq!(run(Origin::Model, send(), false), Decision::Ask, "high asks whatever a rule permits");
        assert_eq!(run(Origin::Model, send(), true), Decision::Ask);
        let never =
            "@id(\"quiet\") @answer(\"deny\") forbid (principal, action == Action::\"see\", resource);";
        let (decision, rule) = judged(never, Effect::See, false, Origin::Person, false);
        assert_eq!((decision, rule.as_str()), (Decision::Deny, "rules/quiet"));
        assert_eq!(judged("", Effect::Look, false, Origin::Person, false).0, Decision::Ask, "no rule asks");
    }

    #[test]
    fn rules_that_do_not_fit_are_refused_with_a_reason() {
        for (rules, sign) in [
            ("permit (principal, action, resource", "unexpected end"),
            ("permit (principal, action == Action::\"sned\", resource);", "sned"),
            ("permit (principal, action, resource) when { context.rsk == \"low\" };", "rsk"),
        ] {
            let error = Policy::new(rules).err().unwrap().to_string();
            assert!(error.contains(sign), "{rules}: {error}");
        }
    }
}
