import { useMutation } from "@tanstack/react-query";

import { api, type Attachment, type Message, type TurnAccepted } from "@/backend";
import { useLive } from "@/shared/live/store";
import { claimTurn } from "@/shared/live/turns";
import { newMessage } from "@/shared/message";
import { keys, queryClient } from "@/shared/queries";

import { changeKept } from "./useMessages";

/** The id of a message that the server has not yet accepted. */
const UNSENT = "unsent";

/** What is asked, with the attachments as they are shown. */
export interface Question {
  content: string;
  attachments: Attachment[];
}

function unsent(question: Question, seq: number): Message {
  return newMessage({ id: UNSENT, seq, role: "user", ...question });
}

function asAsked({ content, attachments }: Question) {
  return { content, attachments: attachments.map((one) => one.id) };
}

function showUnsent(id: string, question: Question): void {
  changeKept(id, (messages) => {
    const kept = messages.filter((message) => message.id !== UNSENT);
    return [...kept, unsent(question, (kept.at(-1)?.seq ?? 0) + 1)];
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
    mutationFn: async ({ id, ...question }: Question & { id: string }) => {
      await queryClient.cancelQueries({ queryKey: keys.messages(id) });
      showUnsent(id, question);
      return api.send(id, asAsked(question));
    },
    onSuccess: (accepted, { id }) => accept(id, accepted),
    onError: (_, { id }) => {
      changeKept(id, (messages) => messages.filter((message) => message.id !== UNSENT));
      readAgain(id);
    },
  });
  const edit = useMutation({
    mutationFn: async ({ id, message, ...question }: Question & { id: string; message: Message }) => {
      await queryClient.cancelQueries({ queryKey: keys.messages(id) });
      return api.edit(id, message.id, asAsked(question));
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
