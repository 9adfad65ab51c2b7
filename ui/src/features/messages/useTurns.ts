import { useMutation } from "@tanstack/react-query";

import { api, type Message, type TurnAccepted } from "@/backend";
import { useLive } from "@/shared/live/store";
import { claimTurn } from "@/shared/live/turns";
import { keys, queryClient } from "@/shared/queries";

import { changeKept } from "./useMessages";

/** The id of a message that the server has not yet accepted. */
const UNSENT = "unsent";

function unsent(content: string, seq: number): Message {
  return {
    id: UNSENT,
    seq,
    role: "user",
    content,
    created_at: new Date().toISOString(),
    status: "complete",
    spoken: false,
    turn: null,
    timings: null,
    usage: null,
    reflex: null,
    tools: [],
  };
}

function showUnsent(id: string, content: string, from: number): void {
  changeKept(id, (messages) => {
    const kept = messages.filter((message) => message.seq < from && message.id !== UNSENT);
    return [...kept, unsent(content, (kept.at(-1)?.seq ?? 0) + 1)];
  });
}

function accept(id: string, { turn, message }: TurnAccepted): void {
  const { settled, turns: live } = useLive.getState();
  // A fast answer is over before its question is known to be accepted: nothing more will be told of it.
  const kept = settled.includes(turn);
  const over = kept || (live[turn]?.ended ?? null) !== null;
  if (!kept) useLive.setState(({ turns }) => ({ turns: claimTurn(turns, turn, id) }));
  changeKept(id, (messages) => {
    // A fast answer may have been kept and read already.
    const before = messages.filter((other) => other.id !== UNSENT && other.seq < message.seq);
    const behind = messages.filter((other) => other.turn === turn && other.seq > message.seq);
    return [...before, message, ...behind];
  });
  if (over) readAgain(id);
  void queryClient.invalidateQueries({ queryKey: keys.conversations });
}

function readAgain(id: string): void {
  void queryClient.invalidateQueries({ queryKey: keys.messages(id) });
}

/** Everything that starts or stops an answer. */
export function useTurns() {
  const send = useMutation({
    mutationFn: async ({ id, content }: { id: string; content: string }) => {
      await queryClient.cancelQueries({ queryKey: keys.messages(id) });
      showUnsent(id, content, Infinity);
      return api.send(id, content);
    },
    onSuccess: (accepted, { id }) => accept(id, accepted),
    onError: (_, { id }) => {
      changeKept(id, (messages) => messages.filter((message) => message.id !== UNSENT));
      readAgain(id);
    },
  });
  const edit = useMutation({
    mutationFn: async ({ id, message, content }: { id: string; message: Message; content: string }) => {
      await queryClient.cancelQueries({ queryKey: keys.messages(id) });
      showUnsent(id, content, message.seq);
      return api.edit(id, message.id, content);
    },
    onSuccess: (accepted, { id }) => accept(id, accepted),
    onError: (_, { id }) => readAgain(id),
  });
  const regenerate = useMutation({
    mutationFn: (id: string) => api.regenerate(id),
    onSuccess: (accepted, id) => accept(id, accepted),
  });
  const cancel = useMutation({ mutationFn: api.cancelTurn });
  const create = useMutation({ mutationFn: api.createConversation });
  return { send, edit, regenerate, cancel, create };
}
