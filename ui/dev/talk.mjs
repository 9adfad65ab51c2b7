import { randomUUID } from "node:crypto";

import { ANSWER, history } from "./texts.mjs";

const now = () => new Date().toISOString();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Conversations, and the one answer to everything. */
export class Talk {
    #bus;
    #all = new Map();
    #removed = new Map();
    #cancelled = new Set();
    #attachments;

    constructor(bus, attachments) {
        this.#bus = bus;
        this.#attachments = attachments;
        for (const { title, pinned, days, messages } of history()) {
            const conversation = this.#made(title);
            conversation.pinned = pinned;
            conversation.updated_at = new Date(Date.now() - days * 86_400_000).toISOString();
            for (const message of messages) this.#add(conversation, message);
        }
    }

    find(id) {
        return this.#all.get(id);
    }

    list(search) {
        const wanted = search.toLowerCase();
        const fits = (one) =>
            [one.title, ...one.messages.map((message) => message.content)].some((text) =>
                text.toLowerCase().includes(wanted),
            );
        return [...this.#all.values()]
            .filter(fits)
            .sort((a, b) => b.pinned - a.pinned || b.updated_at.localeCompare(a.updated_at))
            .map(shown);
    }

    create(title = "") {
        return shown(this.#made(title));
    }

    change(conversation, { title, pinned }) {
        if (title !== undefined) conversation.title = title;
        if (pinned !== undefined) conversation.pinned = pinned;
        return shown(conversation);
    }

    remove(conversation) {
        this.#all.delete(conversation.id);
        this.#removed.set(conversation.id, conversation);
    }

    restore(id) {
        const conversation = this.#removed.get(id);
        this.#all.set(id, conversation);
        return shown(conversation);
    }

    page({ messages }, query) {
        const before = Number(query.get("before") ?? Infinity);
        const limit = Number(query.get("limit") ?? 100);
        const older = messages.filter((message) => message.seq < before);
        return { messages: older.slice(-limit), has_more: older.length > limit };
    }

    ask(conversation, { content, attachments: ids }, spoken = false) {
        const turn = randomUUID();
        const attachments = this.#attachments.named(ids);
        const message = this.#add(conversation, { role: "user", content, turn, spoken, attachments });
        conversation.title ||= content.slice(0, 60) || attachments[0]?.name;
        conversation.updated_at = now();
        void this.#answer(conversation, turn, attachments);
        return { turn, message };
    }

    edit(conversation, id, asked) {
        const at = conversation.messages.findIndex((message) => message.id === id);
        conversation.messages.splice(at);
        return this.ask(conversation, asked);
    }

    regenerate(conversation) {
        const at = conversation.messages.findLastIndex((message) => message.role === "user");
        conversation.messages.splice(at + 1);
        const turn = randomUUID();
        void this.#answer(conversation, turn);
        return { turn, message: conversation.messages[at] };
    }

    cancel(turn) {
        this.#cancelled.add(turn);
    }

    export({ title, messages }, format) {
        const markdown = format === "markdown";
        const text = markdown
            ? `# ${title}\n\n${messages.map(({ role, content }) => `**${role}**\n\n${content}\n`).join("\n")}`
            : JSON.stringify({ title, messages }, null, 2);
        const headers = {
            "content-type": markdown ? "text/markdown" : "application/json",
            "content-disposition": `attachment; filename="conversation.${markdown ? "md" : "json"}"`,
        };
        return { status: 200, headers, text };
    }

    #made(title) {
        const at = now();
        const conversation = {
            id: randomUUID(),
            title,
            pinned: false,
            created_at: at,
            updated_at: at,
            messages: [],
        };
        this.#all.set(conversation.id, conversation);
        return conversation;
    }

    #add({ messages }, fields) {
        const message = {
            id: randomUUID(),
            seq: (messages.at(-1)?.seq ?? 0) + 1,
            created_at: now(),
            status: "complete",
            spoken: false,
            turn: null,
            timings: null,
            usage: null,
            reflex: null,
            tools: [],
            attachments: [],
            notes: [],
            ...fields,
        };
        messages.push(message);
        return message;
    }

    async #answer(conversation, turn, attachments = []) {
        const place = { turn, conversation: conversation.id };
        const message = this.#add(conversation, {
            role: "assistant",
            content: "",
            turn,
            status: "streaming",
            notes: attachments
                .filter((one) => one.media_type !== "text/plain")
                .map(({ id, name }) => ({ attachment: id, name, limited: "not_seen" })),
        });
        const start = Date.now();
        const timings = {
            wake_ms: null,
            end_of_speech_ms: null,
            transcript_ms: 0,
            first_token_ms: null,
            first_audio_ms: null,
            done_ms: null,
        };
        this.#bus.publish("state_changed", { ...place, state: "thinking" });
        await pause(400);
        const used = { tool: "clock", arguments: { zone: "Europe/Berlin" } };
        this.#bus.publish("tool_started", { ...place, ...used });
        await pause(300);
        const result = { ok: true, result: { time: now() } };
        this.#bus.publish("tool_finished", { ...place, tool: used.tool, ...result });
        message.tools = [{ ...used, ...result }];
        timings.first_token_ms = Date.now() - start;
        for (const text of ANSWER.match(/\s*\S{1,6}/g)) {
            if (this.#cancelled.has(turn)) break;
            message.content += text;
            this.#bus.publish("answer_delta", { ...place, text });
            await pause(3 + Math.random() * 17);
        }
        const interrupted = this.#cancelled.delete(turn);
        timings.done_ms = Date.now() - start;
        message.status = interrupted ? "interrupted" : "complete";
        message.timings = timings;
        message.usage = { prompt_tokens: 812, cached_tokens: 700, completion_tokens: 240 };
        this.#bus.publish("turn_ended", {
            ...place,
            outcome: interrupted ? "interrupted" : "answered",
            answer: message.content,
            timings,
            usage: message.usage,
        });
        this.#bus.publish("state_changed", { state: "idle" });
    }
}

function shown({ messages, ...conversation }) {
    return { ...conversation, message_count: messages.length };
}
