// A stand-in for the Jarvis server, for development of this folder alone: it keeps everything in memory, understands
// nothing and answers every question with the same text. The real one is `jarvis serve`.
//
//   node dev/server.mjs [--dist] [--port N] [--token T]
//
// --dist also serves the built window, under the content security policy of the real server.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { Bus } from "./bus.mjs";
import { routes } from "./routes.mjs";

const { values: options } = parseArgs({
    options: {
        dist: { type: "boolean", default: false },
        port: { type: "string", default: "4180" },
        token: { type: "string", default: "" },
    },
});
const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
};
const POLICY =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const bus = new Bus();
const table = routes(bus);

const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    const json = (status, body) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(body === undefined ? "" : JSON.stringify(body));
    };
    if (!url.pathname.startsWith("/api/")) return options.dist ? file(url.pathname, response) : json(404);
    if (options.token && request.headers.authorization !== `Bearer ${options.token}`) {
        return json(401, {
            code: "unauthorized",
            message: "The token is missing or wrong.",
            remedy: "Open the address that was printed.",
        });
    }
    if (url.pathname === "/api/events") return bus.follow(request, response);
    for (const [method, pattern, answer] of table) {
        const match = method === request.method && pattern.exec(url.pathname.slice(4));
        if (!match) continue;
        const bytes = await bytesOf(request);
        const typed = request.headers["content-type"] === "application/json";
        const asked = { params: match.slice(1), query: url.searchParams, bytes };
        const result = await answer({ ...asked, body: typed && bytes.length > 0 ? JSON.parse(bytes) : {} });
        if (result.headers) response.writeHead(result.status, result.headers).end(result.text);
        else json(result.status, result.body);
        return;
    }
    json(404, {
        code: "not_found",
        message: "There is no such thing here.",
        remedy: "Look at the list again.",
    });
});

async function bytesOf(request) {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    return Buffer.concat(pieces);
}

async function file(path, response) {
    const name = join(DIST, normalize(path === "/" ? "/index.html" : path));
    const bytes = name.startsWith(DIST) ? await readFile(name).catch(() => null) : null;
    response.writeHead(bytes ? 200 : 404, {
        "content-type": TYPES[extname(name)] ?? "application/octet-stream",
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    });
    response.end(bytes ?? "");
}

server.listen(Number(options.port), "127.0.0.1", () => {
    console.log(`Stand-in for development, not Jarvis itself: http://127.0.0.1:${options.port}`);
});
