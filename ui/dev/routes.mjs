import { Attachments } from "./attachments.mjs";
import { apiKeys } from "./keys.mjs";
import { devices, health, machine, models, settings } from "./machine.mjs";
import { Talk } from "./talk.mjs";
import { Trial } from "./trial.mjs";
import { Voice } from "./voice.mjs";

const ID = "([^/]+)";
const failure = (status, code, message, remedy) => ({ status, body: { code, message, remedy } });
const GONE = failure(404, "not_found", "There is no such conversation.", "Choose another one.");

const later = (answer, ms) => new Promise((resolve) => setTimeout(resolve, ms, answer));

/** Method, path and answer of every request of the contract. */
export function routes(bus) {
    const attachments = new Attachments();
    const talk = new Talk(bus, attachments);
    const trial = new Trial(bus);
    const voice = new Voice(bus, talk);
    const route = (method, path, answer) => [method, new RegExp(`^${path.replaceAll(":id", ID)}$`), answer];
    const of =
        (answer) =>
        ({ params, query, body }) => {
            const conversation = talk.find(params[0]);
            return conversation ? answer(conversation, { params, query, body }) : GONE;
        };
    const ok = (body) => ({ status: 200, body });
    const done = { status: 204 };
    return [
        route("GET", "/conversations", ({ query }) =>
            ok({ conversations: talk.list(query.get("search") ?? "") }),
        ),
        route("POST", "/conversations", ({ body }) => ({ status: 201, body: talk.create(body.title) })),
        route(
            "PATCH",
            "/conversations/:id",
            of((conversation, { body }) => ok(talk.change(conversation, body))),
        ),
        route(
            "DELETE",
            "/conversations/:id",
            of((conversation) => talk.remove(conversation) ?? done),
        ),
        route("POST", "/conversations/:id/restore", ({ params }) => ok(talk.restore(params[0]))),
        route(
            "GET",
            "/conversations/:id/messages",
            of((conversation, { query }) => ok(talk.page(conversation, query))),
        ),
        route(
            "POST",
            "/conversations/:id/messages",
            of((conversation, { body }) => ({ status: 202, body: talk.ask(conversation, body) })),
        ),
        route(
            "POST",
            "/conversations/:id/messages/:id/edit",
            of((conversation, { params, body }) => ({
                status: 202,
                body: talk.edit(conversation, params[1], body),
            })),
        ),
        route(
            "POST",
            "/conversations/:id/regenerate",
            of((conversation) => ({ status: 202, body: talk.regenerate(conversation) })),
        ),
        route("POST", "/turns/:id/cancel", ({ params }) => talk.cancel(params[0]) ?? done),
        route(
            "GET",
            "/conversations/:id/export",
            of((conversation, { query }) => talk.export(conversation, query.get("format"))),
        ),
        route("POST", "/attachments", ({ query, bytes }) => attachments.add(query.get("name"), bytes)),
        route("GET", "/attachments/:id", ({ params }) => attachments.answer(params[0])),
        route("GET", "/state", () => ok(voice.state())),
        route("POST", "/voice/talk", ({ body }) => voice.talk(body.pressed) ?? done),
        route("POST", "/voice/mute", ({ body }) => voice.mute(body.muted) ?? done),
        route("POST", "/voice/stop", () => voice.stop() ?? done),
        route("POST", "/voice/test-tone", () => later(done, 400)),
        route("POST", "/voice/preview", () => later(done, 900)),
        route("POST", "/voice/trial", ({ body }) => trial.begin(body.what) ?? done),
        route("DELETE", "/voice/trial", () => trial.end() ?? done),
        route("GET", "/settings", () => ok(settings.all())),
        route("PATCH", "/settings", ({ body }) => {
            const wrong = settings.change(body);
            return wrong ? failure(422, "bad_config", wrong, "Take a value that fits.") : ok(settings.all());
        }),
        route("GET", "/models", () => ok({ models: models.list })),
        route("POST", "/models/:id/pull", ({ params }) => ({
            status: 202,
            body: models.pull(params[0], bus),
        })),
        route("POST", "/models/:id/cancel", ({ params }) => models.cancel(params[0], bus) ?? done),
        route("POST", "/models/:id/verify", () => ok({ ok: true, problem: null })),
        route("DELETE", "/models/:id", ({ params }) => models.remove(params[0]) ?? done),
        route("GET", "/llm/models", () => ok({ models: ["qwen3:4b", "llama3.2:3b"] })),
        route("GET", "/health", () => ok(health())),
        route("GET", "/devices", () => ok(devices)),
        route("GET", "/machine", () => ok(machine)),
        route("GET", "/keys", () => ok(apiKeys.all())),
        route("PUT", "/keys/:id", ({ params }) => apiKeys.put(params[0], "keyring") ?? done),
        route("DELETE", "/keys/:id", ({ params }) => apiKeys.put(params[0], null) ?? done),
    ];
}
