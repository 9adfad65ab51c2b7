//! Acting for the person: what a reflex wishes, and what a model asks for in a turn, called under the guard.
//!
//! What the conversation has read of strangers' text in earlier turns counts as read in this one. It keeps the one question that was
//! read back and waits for a yes, and decides nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jarvis_agents::react::ToolReply;
use jarvis_agents::reflex::{Effect, Reflexes, Wish};
use jarvis_core::{ConversationId, EventKind, Picture, Question, Taint, TaintKind, ToolCall, ToolSpec};
use jarvis_guard::{Approver, Circumstances, Origin, hidden};
use jarvis_memory::{Message as Kept, Provenance, Recalled, ToolUse};
use jarvis_tools::{About, Called, ToolError, Turn, mcp};
use tokio_util::sync::CancellationToken;

use crate::approvals::{ReadBack, SPOKEN_PATIENCE, Spoken};
use crate::brain::Saying;
use crate::bus::EventBus;
use crate::hands::Hands;

/// So much of a result is said aloud; the rest is on the screen, or asked for.
const SAID_ALOUD: usize = 600;

/// See the module.
pub(crate) struct Acting {
    hands: Arc<Hands>,
    approver: Arc<dyn Approver>,
    /// So many tools are offered to a model at once.
    offered: usize,
    bus: EventBus,
    waiting: Mutex<Option<Waiting>>,
}

/// A call that was read back.
pub(crate) struct Waiting {
    call: ToolCall,
    words: String,
    circumstances: Circumstances,
    conversation: Option<ConversationId>,
    until: Instant,
    /// When everything is stopped it waits no longer.
    stop: CancellationToken,
}

impl Acting {
    pub fn new(hands: Arc<Hands>, offered: u32, bus: EventBus) -> Self {
        let approver = hands.approver();
        let offered = usize::try_from(offered).unwrap_or(usize::MAX);
        Self { hands, approver, offered, bus, waiting: Mutex::default() }
    }

    /// Asks somebody else than those who look at the desk.
    pub fn ask(&mut self, approver: Arc<dyn Approver>) {
        self.approver = approver;
    }

    pub fn hands(&self) -> &Arc<Hands> {
        &self.hands
    }

    /// Does what a reflex wishes. The words to say and what else they do; none when nothing of that name is there, and it may
    /// have been meant otherwise.
    pub async fn wish(
        &self,
        wish: &Wish,
        reflexes: &Reflexes,
        saying: &Saying<'_>,
        cancel: &CancellationToken,
    ) -> Option<(String, Effect)> {
        let circumstances = Circumstances { turn: Some(saying.turn), ..Circumstances::person() };
        match self.hands.toolbox().explain(wish.tool, &wish.arguments, &circumstances) {
            Ok(_) => {}
            Err(error @ (ToolError::Unavailable { .. } | ToolError::Refused { .. })) => {
                return Some((error.to_string(), Effect::None));
            }
            Err(_) => return None,
        }
        let call =
            ToolCall { id: String::new(), name: wish.tool.to_owned(), arguments: wish.arguments.clone() };
        let approver = Arc::new(Spoken::new(saying.spoken, Arc::clone(&self.approver)));
        let asking = Arc::clone(&approver) as Arc<dyn Approver>;
        let called = self.call(call.clone(), circumstances.clone(), asking, saying, cancel).await;
        if let Some(question) = approver.take() {
            let said = reflexes.asking().aloud.replace("{effect}", &question.words);
            self.wait(call, question, circumstances, saying);
            return Some((said, Effect::Asked));
        }
        Some(match called.result {
            Ok(output) => (wish.said(&shortened(&output.text, saying.spoken)), Effect::None),
            Err(error) => (error.to_string(), Effect::None),
        })
    }

    /// Does what was read back, now that the person has said yes. Returns what to say.
    pub async fn agreed(&self, waiting: Waiting, saying: &Saying<'_>, cancel: &CancellationToken) -> String {
        let approver = Arc::new(ReadBack { words: waiting.words });
        let circumstances = Circumstances { turn: Some(saying.turn), ..waiting.circumstances };
        match self.call(waiting.call, circumstances, approver, saying, cancel).await.result {
            Ok(output) => shortened(&output.text, saying.spoken),
            Err(error) => error.to_string(),
        }
    }

    /// What waits for a yes in this conversation. It waits no longer: other words mean no. What is said in another conversation
    /// means nothing to it.
    pub fn waiting(&self, conversation: Option<ConversationId>) -> Option<Waiting> {
        let waiting = taken(&mut lock(&self.waiting), conversation)?;
        self.bus.journal().await_words(None);
        Some(waiting)
    }

    fn wait(&self, call: ToolCall, question: Question, circumstances: Circumstances, saying: &Saying<'_>) {
        let conversation = self.bus.journal().conversation_of(saying.turn);
        let (until, stop) = (Instant::now() + SPOKEN_PATIENCE, saying.stop.clone());
        *lock(&self.waiting) =
            Some(Waiting { call, words: question.words, circumstances, conversation, until, stop });
        self.bus.journal().await_words(conversation.map(|id| (id, until)));
    }

    /// One call, told on the bus.
    async fn call(
        &self,
        call: ToolCall,
        circumstances: Circumstances,
        approver: Arc<dyn Approver>,
        saying: &Saying<'_>,
        cancel: &CancellationToken,
    ) -> Called {
        let (tool, arguments) = (call.name.clone(), call.arguments.clone());
        self.bus.publish(Some(saying.turn), EventKind::ToolStarted { tool: tool.clone(), arguments });
        let turn = Turn::new(Arc::clone(self.hands.toolbox()), approver, circumstances, cancel.clone());
        let called = turn.call(call, &|_| {}).await;
        let ToolReply { ok, text: result, call, words, took_ms, undo, .. } = reply(&called);
        let finished = EventKind::ToolFinished { tool, ok, result, call, words, took_ms, undo };
        self.bus.publish(Some(saying.turn), finished);
        called
    }

    /// The calls of one turn of a model's. `read` is what it is shown with the request.
    pub fn turn<'a>(
        &'a self,
        saying: &'a Saying<'a>,
        request: &str,
        read: Vec<Taint>,
        cancel: &CancellationToken,
    ) -> ActingTurn<'a> {
        let mut circumstances =
            Circumstances { origin: Origin::Model, turn: Some(saying.turn), tainted_by: read };
        let offered = self.hands.offered(request, self.offered);
        offered.iter().filter_map(About::described_by).for_each(|taint| circumstances.read(taint));
        let asked = Arc::new(Spoken::new(saying.spoken, Arc::clone(&self.approver)));
        let approver = Arc::clone(&asked) as Arc<dyn Approver>;
        let turn =
            Turn::new(Arc::clone(self.hands.toolbox()), approver, circumstances.clone(), cancel.clone());
        let offered = offered.into_iter().map(|about| about.spec).collect();
        ActingTurn { acting: self, saying, offered, asked, turn, circumstances, waits: Mutex::default() }
    }

    /// What of strangers' text a model is shown with a request: attachments, passages of documents, and answers that were made of
    /// what tools have read.
    pub fn read_before(&self, talk: &[Kept], recalled: &[Recalled]) -> Vec<Taint> {
        let document = |source: &str| Taint { kind: TaintKind::Document, source: source.to_owned() };
        let tools = self.hands.toolbox().list();
        let taint_of = |used: &ToolUse| {
            let about = tools.iter().find(|about| about.spec.name == used.tool);
            // A tool may be gone, and what it has said is still a stranger's.
            let kind = match about {
                Some(about) => about.taint,
                None => used.tool.starts_with(mcp::PREFIX).then_some(TaintKind::Mcp),
            }?;
            Some(Taint { kind, source: format!("{} in an earlier answer", used.tool) })
        };
        let attached = talk.iter().flat_map(|message| &message.attachments).map(|a| document(&a.name));
        let used = talk.iter().flat_map(|message| &message.tools).filter_map(taint_of);
        let passages = recalled.iter().filter_map(|recalled| match &recalled.from {
            Provenance::Document { name, .. } => Some(document(name)),
            Provenance::Fact { .. } | Provenance::Message { .. } => None,
        });
        let mut read = Circumstances::person();
        attached.chain(used).chain(passages).for_each(|taint| read.read(taint));
        read.tainted_by
    }
}

/// The calls of one turn of a model's.
pub(crate) struct ActingTurn<'a> {
    acting: &'a Acting,
    saying: &'a Saying<'a>,
    offered: Vec<ToolSpec>,
    asked: Arc<Spoken>,
    turn: Turn,
    circumstances: Circumstances,
    /// The call whose question was read back.
    waits: Mutex<Option<ToolCall>>,
}

impl ActingTurn<'_> {
    /// The tools that fit the request.
    pub fn offered(&self) -> &[ToolSpec] {
        &self.offered
    }

    /// Calls one for the model, which is shown what came of it as data. Once everything was stopped, nothing of the turn runs.
    pub async fn call(&self, call: ToolCall) -> ToolReply {
        if self.saying.stop.is_cancelled() {
            return Err("everything was stopped".to_owned()).into();
        }
        let called = self.turn.call(call.clone(), &|_| {}).await;
        let mut reply = reply(&called);
        if let Some(taint) = &called.taint {
            reply.text = hidden::quoted(&taint.source, &hidden::visible(&reply.text).0);
        }
        if self.asked.has_asked() {
            *lock(&self.waits) = Some(call);
            reply.waits = true;
        }
        if let Ok(output) = &called.result
            && let Some(png) = &output.picture
        {
            let name = output.source.clone().unwrap_or_else(|| "the screen".into());
            let (media_type, base64) = ("image/png".into(), STANDARD.encode(png).into());
            reply.pictures = vec![Picture { name, media_type, base64 }];
        }
        reply
    }

    /// The turn is over. What was read back, and waits for the person's next words.
    pub fn over(self) -> Option<Question> {
        let call = lock(&self.waits).take()?;
        let question = self.asked.take()?;
        self.acting.wait(call, question.clone(), self.circumstances, self.saying);
        Some(question)
    }
}

/// What came of a call, for the model and for whoever watches.
fn reply(called: &Called) -> ToolReply {
    let (ok, text, undo) = match &called.result {
        Ok(output) => (true, output.text.clone(), output.undo),
        Err(error) => (false, error.to_string(), None),
    };
    ToolReply {
        ok,
        text,
        call: called.id,
        words: Some(called.words.clone()).filter(|words| !words.is_empty()),
        took_ms: called.id.and_then(|_| u64::try_from(called.took.as_millis()).ok()),
        undo,
        ..ToolReply::default()
    }
}

/// As much of a text as is said aloud, to the end of a word.
fn shortened(text: &str, spoken: bool) -> String {
    match text.char_indices().nth(SAID_ALOUD) {
        Some((end, _)) if spoken => {
            let cut = text[..end].rfind(char::is_whitespace).unwrap_or(end);
            format!("{} …", &text[..cut])
        }
        _ => text.to_owned(),
    }
}

/// What waits in this conversation and still may be agreed to; what waits in another goes on waiting.
fn taken(waiting: &mut Option<Waiting>, conversation: Option<ConversationId>) -> Option<Waiting> {
    let waiting = waiting.take_if(|waiting| waiting.conversation == conversation)?;
    (Instant::now() < waiting.until && !waiting.stop.is_cancelled()).then_some(waiting)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_question_waits_for_the_words_of_its_own_conversation() {
        let (here, elsewhere) = (Some(ConversationId::new()), Some(ConversationId::new()));
        let stop = CancellationToken::new();
        let asked = |until: Instant| {
            let call = ToolCall { id: String::new(), name: "quit_app".into(), arguments: json!({}) };
            let (words, circumstances) = ("Quit the editor.".into(), Circumstances::person());
            Some(Waiting { call, words, circumstances, conversation: here, until, stop: stop.clone() })
        };
        let mut waiting = asked(Instant::now() + SPOKEN_PATIENCE);
        assert!(taken(&mut waiting, elsewhere).is_none());
        assert!(taken(&mut waiting, here).is_some(), "what was typed elsewhere is no answer");
        assert!(taken(&mut waiting, here).is_none(), "it is answered once");
        assert!(taken(&mut asked(Instant::now()), here).is_none(), "it has waited too long");
        let mut waiting = asked(Instant::now() + SPOKEN_PATIENCE);
        stop.cancel();
        assert!(taken(&mut waiting, here).is_none(), "everything was stopped");
    }
}
