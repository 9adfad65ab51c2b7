import i18next from "i18next";
import { toast } from "sonner";

import { api, type AssistantEvent, type AssistantState, type ModelEntry, type StreamItem } from "@/backend";
import { showFailure, showProblem } from "@/shared/failure";
import { keys, queryClient } from "@/shared/queries";

import * as approvals from "./approvals";
import { useLive } from "./store";
import { reduceRunning } from "./tools";
import { dropTurn, reduceTurns } from "./turns";

/** Pieces of an answer are shown together at most this often; the first one at once. */
const SHOW_EVERY_MS = 33;
/** Many documents or facts may come one right after another. */
const MEMORY_AFTER_MS = 200;
/** So many turns that are over are remembered. */
const SETTLED = 50;

/** Follows everything that happens and keeps the store and the query cache true. Returns the end of it. */
export function connect(): () => void {
  let away = false;
  let waiting: StreamItem[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let shown = 0;
  let latest: string | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    shown = performance.now();
    const items = waiting;
    waiting = [];
    useLive.setState(({ turns, running }) => ({
      turns: items.reduce(reduceTurns, turns),
      running: items.reduce(reduceRunning, running),
    }));
  };

  const unsubscribe = api.subscribe({
    link: (link) => {
      useLive.setState({ link });
      // The server was away, and may be another one now: its events do not tell what changed meanwhile.
      if (link === "open" && away) {
        // A trial and what a tool does do not outlive the server, and their end is not told again.
        useLive.setState({ trial: null, running: [] });
        void queryClient.invalidateQueries();
      }
      away = link === "lost";
    },
    item: (item) => {
      // A turn that was asked for elsewhere: what was asked is to be seen here too.
      if (item.type !== "missed" && item.turn && item.turn !== latest) {
        latest = item.turn;
        const known = item.turn in useLive.getState().turns;
        if (!known && item.conversation) void refetchConversation(item.conversation);
      }
      waiting.push(item);
      const soon = SHOW_EVERY_MS - (performance.now() - shown);
      if (item.type !== "answer_delta" || soon <= 0) flush();
      else timer ??= setTimeout(flush, soon);
      if (item.type === "missed") void queryClient.invalidateQueries();
      else react(item);
    },
  });
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
}

function react(event: AssistantEvent): void {
  switch (event.type) {
    case "state_changed":
      patchVoice({ state: event.state });
      if (event.state !== "listening") useLive.setState({ partial: "", level: 0 });
      if (event.conversation) spokenIn(event.conversation);
      return;
    case "mute_changed":
      return patchVoice({ muted: event.muted });
    case "listening_changed":
      void queryClient.invalidateQueries({ queryKey: keys.state });
      return;
    case "settings_changed":
      for (const queryKey of [keys.settings, keys.chatModels, keys.state, keys.wakeWords]) {
        void queryClient.invalidateQueries({ queryKey });
      }
      void queryClient.invalidateQueries({ queryKey: keys.health, refetchType: "none" });
      return;
    case "conversation_changed":
      void refetchConversation(event.id);
      // Facts and what is found are shown with its title.
      for (const queryKey of [keys.allFacts, keys.allFound]) void queryClient.invalidateQueries({ queryKey });
      return;
    case "level":
      return useLive.setState({ level: levelOf(event.rms_dbfs) });
    case "wake_detected":
      return useLive.setState(({ trial, hits }) =>
        trial === "wake" ? { hits: [...hits, event.score] } : {},
      );
    case "trial_ended":
      return useLive.setState({ trial: null, level: 0 });
    case "teaching_changed":
      queryClient.setQueryData(keys.teaching, event.teaching ?? null);
      // It may be one of those that there are now.
      if (event.teaching?.step.name === "measured") {
        void queryClient.invalidateQueries({ queryKey: keys.wakeWords });
      }
      return;
    case "partial_transcript":
      return useLive.setState({ partial: event.text });
    case "transcript":
      useLive.setState({ partial: event.text });
      if (event.conversation) {
        spokenIn(event.conversation);
        useLive.setState({ heard: { conversation: event.conversation } });
        void refetchConversation(event.conversation);
      }
      return;
    case "turn_ended":
      return void settle(event);
    case "approval_asked":
      return approvals.asked(event.question);
    case "approval_settled":
      return approvals.settled(event.id, event.consent ?? null);
    case "everything_stopped":
      toast(i18next.t("approvals.stopped"));
      void queryClient.invalidateQueries({ queryKey: keys.approvals });
      return;
    case "tools_changed":
      // What is allowed for always, and the rules, are among what changes so.
      for (const queryKey of [keys.tools, keys.grants, keys.rules]) {
        void queryClient.invalidateQueries({ queryKey });
      }
      return;
    case "tool_finished":
      for (const queryKey of [keys.tools, keys.allAudit]) void queryClient.invalidateQueries({ queryKey });
      return;
    case "timer_rang":
      toast(i18next.t("voice.timerRang"), {
        description: event.label,
        duration: Infinity,
        action: { label: i18next.t("voice.stop"), onClick: () => void api.stopVoice().catch(showFailure) },
      });
      return;
    case "device_changed":
      void queryClient.invalidateQueries({ queryKey: keys.devices });
      void queryClient.invalidateQueries({ queryKey: keys.state });
      return;
    case "failed":
      if (!event.turn) showProblem(event);
      return;
    case "model_progress":
      return progress(event);
    case "document_progress":
      return useLive.setState({ reading: { name: event.name, done: event.done, of: event.of } });
    case "memory_changed":
      memoryTimer ??= setTimeout(refetchMemory, MEMORY_AFTER_MS);
      return;
    default:
  }
}

/** -60 dBFS and less is silence; -12 dBFS is as loud as speech gets. */
export function levelOf(dbfs: number): number {
  return Math.min(1, Math.max(0, (dbfs + 60) / 48));
}

function patchVoice(change: Partial<AssistantState["voice"]>): void {
  queryClient.setQueryData<AssistantState>(
    keys.state,
    (state) => state && { ...state, voice: { ...state.voice, ...change } },
  );
}

function spokenIn(conversation: string): void {
  queryClient.setQueryData<AssistantState>(keys.state, (state) => state && { ...state, conversation });
}

function refetchConversation(id: string): Promise<unknown> {
  return Promise.all([
    queryClient.invalidateQueries({ queryKey: keys.messages(id) }),
    queryClient.invalidateQueries({ queryKey: keys.conversations }),
  ]);
}

let memoryTimer: ReturnType<typeof setTimeout> | undefined;

/** What is forgotten is gone from the conversations too. */
function refetchMemory(): void {
  memoryTimer = undefined;
  for (const queryKey of [keys.memory, keys.documents, keys.conversations, keys.allMessages]) {
    void queryClient.invalidateQueries({ queryKey });
  }
}

/** The answer is kept by now: shows the kept one, and only then forgets the live one. */
async function settle(event: AssistantEvent): Promise<void> {
  const turn = event.turn;
  if (!turn) return;
  const conversation = event.conversation ?? useLive.getState().turns[turn]?.conversation;
  const failure = useLive.getState().turns[turn]?.failure;
  if (failure) showProblem(failure);
  void queryClient.invalidateQueries({ queryKey: keys.health, refetchType: "none" });
  // What was said can be found from now on.
  for (const queryKey of [keys.allFound, keys.memoryStats]) void queryClient.invalidateQueries({ queryKey });
  if (conversation) await refetchConversation(conversation).catch(() => undefined);
  useLive.setState(({ turns, settled, used }) => {
    const over = [...settled.slice(1 - SETTLED), turn];
    const tools = turns[turn]?.tools ?? [];
    const kept = Object.entries(used).filter(([other]) => over.includes(other));
    return {
      turns: dropTurn(turns, turn),
      settled: over,
      used: tools.length > 0 ? { ...Object.fromEntries(kept), [turn]: tools } : used,
    };
  });
}

function progress(event: AssistantEvent & { type: "model_progress" }): void {
  if (event.state !== "fetching") {
    for (const queryKey of [keys.models, keys.wakeWords]) void queryClient.invalidateQueries({ queryKey });
    return;
  }
  queryClient.setQueryData<ModelEntry[]>(keys.models, (models) =>
    models?.map((model) =>
      model.id === event.model
        ? { ...model, state: "fetching", done_bytes: event.done_bytes, size_bytes: event.total_bytes }
        : model,
    ),
  );
}
