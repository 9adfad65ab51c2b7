// The real `jarvis serve`, in a home of its own, on the real models: started, killed, started again, asked directly.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { closeSync, copyFileSync, existsSync, lstatSync, mkdirSync, mkdtempSync, openSync } from "node:fs";
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const { env } = process;
const target = env.CARGO_TARGET_DIR ?? join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "jarvis/target");
const kept = env.JARVIS_HOME ? join(env.JARVIS_HOME, "data") : undefined;
const data = kept ?? join(env.XDG_DATA_HOME || join(homedir(), ".local/share"), "jarvis");
const models = env.JARVIS_TEST_MODELS ?? join(data, "models");

/** Too small for it to be worth a link; what a test does to it, it does to its own. */
const COPIED = "silero-vad";

function program(name) {
    const path = join(target, "debug", name);
    assert.ok(existsSync(path), `${path} is missing; build it with \`cargo build --workspace\``);
    return path;
}

/** A folder for one Jarvis, with the models in it. It goes with the test. */
export class Home {
    path = mkdtempSync(join(tmpdir(), "jarvis-"));

    constructor() {
        assert.ok(existsSync(join(models, COPIED)), `no models in ${models}; fetch them with \`make test\``);
        for (const model of readdirSync(models)) {
            const [from, to] = [join(models, model), join(this.path, "data/models", model)];
            mkdirSync(dirname(to), { recursive: true });
            if (model !== COPIED) symlinkSync(from, to);
            else copyFolder(from, to);
        }
        this.tokenFile = join(this.path, "token");
        this.token = randomUUID() + randomUUID();
        writeFileSync(this.tokenFile, this.token, { mode: 0o600 });
    }

    /** Nothing of the caller's settings, and no other program's models: the smallest that comes with Jarvis thinks. */
    env(more = {}) {
        const own = Object.entries(env).filter(([key]) => !key.startsWith("JARVIS_"));
        return {
            ...Object.fromEntries(own),
            JARVIS_HOME: this.path,
            JARVIS_LLM__OLLAMA__URL: "http://127.0.0.1:9",
            JARVIS_LLM__PROVIDER: "embedded",
            JARVIS_LLM__MODEL: "smollm2-135m-instruct",
            ...more,
        };
    }

    /** Keeps these conversations through Jarvis's own store; see `put-conversations`. Gives their ids. */
    put(conversations) {
        const put = spawnSync(program("put-conversations"), {
            env: this.env(),
            input: JSON.stringify(conversations),
            encoding: "utf8",
        });
        assert.equal(put.status, 0, put.stderr);
        return put.stdout.trim().split("\n");
    }

    config() {
        return readFileSync(join(this.path, "config/config.toml"), "utf8");
    }

    remove() {
        rmSync(this.path, { recursive: true, force: true });
    }
}

function copyFolder(from, to) {
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from)) {
        if (lstatSync(join(from, name)).isFile()) copyFileSync(join(from, name), join(to, name));
    }
}

/** Runs a program that sees a folder on a small disk of its own, with what was in it. */
const ON_SMALL_DISK = `mkdir "$2.small" && mount -t tmpfs -o "size=$1" jarvis "$2.small" &&
    cp -a "$2/." "$2.small" && mount --bind "$2.small" "$2" && shift 2 && exec "$@"`;

/** Why no disk of its own can be given to a program here; nothing when one can. */
export function noSmallDisk() {
    const tried = spawnSync("unshare", ["-r", "-m", "mount", "-t", "tmpfs", "jarvis", "/mnt"], {
        encoding: "utf8",
    });
    return tried.status === 0
        ? undefined
        : `this system gives no disk to a test: ${tried.stderr ?? tried.error}`;
}

/** A running `jarvis serve`. */
export class Jarvis {
    /**
     * Starts one and waits until it serves. `voice` is the environment of a sound card, where it is to listen; `disk` how
     * large the disk is that its data are on, where that is to be a small one.
     */
    static async start(home, { port = 0, voice = null, disk = null, settings = {} } = {}) {
        const args = ["serve", "--json", "--port", String(port), "--token-file", home.tokenFile];
        if (!voice) args.push("--no-voice");
        const command = [program("jarvis"), ...args];
        const small = ["unshare", "-r", "-m", "sh", "-c", ON_SMALL_DISK, "sh", disk, join(home.path, "data")];
        const [first, ...rest] = disk ? [...small, ...command] : command;
        const child = spawn(first, rest, {
            env: home.env({ ...settings, ...voice }),
            stdio: ["ignore", "pipe", "pipe"],
        });
        let complaint = "";
        child.stderr.setEncoding("utf8").on("data", (text) => (complaint += text));
        // What it goes on to print is read, or it would wait.
        const lines = createInterface(child.stdout);
        const serving = new Promise((resolve, reject) => {
            lines.on("line", (line) => {
                const event = JSON.parse(line);
                if (event.type === "serving") resolve(event.url);
            });
            child.once("error", reject);
            child.once("exit", (status) => reject(new Error(`jarvis ended (${status}): ${complaint}`)));
        });
        return new Jarvis(home, child, await serving);
    }

    constructor(home, child, url) {
        this.home = home;
        this.child = child;
        this.url = url;
        this.port = Number(new URL(url).port);
    }

    /** The address that a person opens. */
    get address() {
        return `${this.url}#token=${this.home.token}`;
    }

    /** Takes all the room there is on its disk. Returns what gives it back. */
    fillDisk() {
        const filler = join(`/proc/${this.child.pid}/root`, this.home.path, "data/filler");
        const file = openSync(filler, "w");
        for (let size = 1 << 20; size > 0;) {
            try {
                writeSync(file, Buffer.alloc(size));
            } catch {
                size >>= 1;
            }
        }
        closeSync(file);
        return () => rmSync(filler);
    }

    async ask(method, path, body) {
        const answer = await fetch(new URL(`/api${path}`, this.url), {
            method,
            headers: { authorization: `Bearer ${this.home.token}`, "content-type": "application/json" },
            body: body === undefined ? null : JSON.stringify(body),
        });
        const text = await answer.text();
        assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
        return text ? JSON.parse(text) : undefined;
    }

    /** Ends it at once, as a crash would, or politely. */
    async end(signal = "SIGKILL") {
        if (this.child.exitCode !== null || this.child.signalCode !== null) return;
        const ended = once(this.child, "exit");
        this.child.kill(signal);
        await ended;
    }
}
