import type { Message } from "@/backend";

/** A message as it is before anything else is known of it. */
export function newMessage(fields: Pick<Message, "id" | "seq" | "role"> & Partial<Message>): Message {
  return {
    content: "",
    created_at: new Date().toISOString(),
    status: "complete",
    spoken: false,
    turn: null,
    timings: null,
    usage: null,
    reflex: null,
    tools: [],
    attachments: [],
    notes: [],
    sources: [],
    ...fields,
  };
}
