// The window in a real browser, as a person uses it. Strict: a test in which the page complains has failed.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as nodeTest, after, before } from "node:test";

import { chromium } from "playwright-core";

import { Home, Jarvis } from "./jarvis.mjs";

const BROWSERS = ["chromium", "google-chrome-stable", "google-chrome"];

/** Chromium, headless. `CHROMIUM` names another one than the system's; where there is none, it is the test library's. */
export async function launch() {
    const found = BROWSERS.map((name) => `/usr/bin/${name}`).find((path) => existsSync(path));
    const executablePath = process.env.CHROMIUM ?? found;
    // Root, as in a container, has no sandbox; the pages are our own.
    return chromium.launch({
        ...(executablePath && { executablePath }),
        args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    });
}

/** The home folder of a person who exists for these tests alone. */
export function person() {
    const home = mkdtempSync(join(tmpdir(), "jarvis-person-"));
    after(() => rmSync(home, { recursive: true, force: true }));
    return home;
}

/** A page in a profile of its own, with names for what is on it. */
export class Window {
    /** Complaints that belong to what the test does, such as those about a server that was killed. */
    expected = [];
    #problems = [];

    static async open(browser, address, options = {}) {
        const { expected = [], permissions = [], ...context } = options;
        const own = await browser.newContext({
            viewport: { width: 1200, height: 800 },
            locale: "en",
            colorScheme: "light",
            reducedMotion: "reduce",
            permissions,
            ...context,
        });
        own.setDefaultTimeout(60_000);
        const window = new Window(own, await own.newPage());
        window.expected = expected;
        await window.page.goto(address);
        return window;
    }

    constructor(context, page) {
        this.context = context;
        this.page = page;
        const complain = (text) => {
            if (!this.expected.some((known) => known.test(text))) this.#problems.push(text);
        };
        page.on("pageerror", (error) => complain(`error: ${error.message}`));
        page.on("dialog", (dialog) => {
            complain(`dialog: ${dialog.message()}`);
            void dialog.dismiss();
        });
        // Chromium reports what the content security policy stopped as an error too.
        page.on("console", (message) => {
            if (message.type() === "error")
                complain(`console: ${message.text()} (${message.location().url})`);
        });
        page.on("request", (request) => {
            const { protocol, hostname } = new URL(request.url());
            const own = hostname === "127.0.0.1" || protocol === "blob:" || protocol === "data:";
            if (!own) complain(`asked a stranger: ${request.url()}`);
        });
    }

    /** Fails with everything that the page complained about. */
    check(what = "the page complains of nothing") {
        assert.deepEqual(this.#problems, [], what);
    }

    async close() {
        await this.context.close();
        this.check();
    }

    button = (name, options = { exact: true }) => this.page.getByRole("button", { name, ...options });
    link = (name) => this.list.getByRole("link", { name, exact: true });
    text = (text, options) => this.page.getByText(text, options);

    get composer() {
        return this.page.getByRole("textbox", { name: "Message to Jarvis" });
    }

    get list() {
        return this.page.getByRole("navigation", { name: "Conversations" });
    }

    get log() {
        return this.page.getByRole("log");
    }

    get questions() {
        return this.page.getByRole("article", { name: "You" });
    }

    get answers() {
        return this.page.getByRole("article", { name: "Jarvis" });
    }

    async send(text) {
        await this.composer.fill(text);
        await this.composer.press("Enter");
        await this.questions.filter({ hasText: text }).last().waitFor();
    }

    /** Until nothing is being written. */
    async answered() {
        await this.button("Answer again").waitFor();
    }

    /** An item of a conversation's menu, by keyboard. */
    async choose(conversation, item) {
        await this.button(`More for “${conversation}”`).focus();
        await this.page.keyboard.press("Enter");
        await this.page.getByRole("menuitem", { name: item, exact: true }).press("Enter");
    }

    async visit(page) {
        await this.page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: page }).click();
        await this.page.getByRole("heading", { name: page, level: 1 }).waitFor();
        await this.settled();
    }

    /** Until what the page shows has been read. */
    async settled() {
        const loading = this.page.locator("main").getByRole("status", { name: "Loading" });
        await loading.first().waitFor({ state: "detached" });
    }

    /** Until a field holds this text. */
    async holds(field, text) {
        const element = await field.elementHandle();
        const same = this.page.waitForFunction(([one, wanted]) => one.value === wanted, [element, text]);
        await same.catch(async () => assert.equal(await field.inputValue(), text));
    }
}

/**
 * A Jarvis and a browser for the tests of one file. `conversations` are there from the beginning; `ids` are theirs.
 * `skip` says why the tests cannot be run, where that is so.
 * The server of a test is `stage.jarvis`, which a test may end and replace.
 */
export function stage({ conversations = [], skip, ...options } = {}) {
    const here = {};
    before(async () => {
        if (skip) return;
        here.home = new Home();
        here.ids = conversations.length > 0 ? here.home.put(conversations) : [];
        here.jarvis = await Jarvis.start(here.home, options);
        here.browser = await launch();
    });
    after(async () => {
        await here.browser?.close();
        await here.jarvis?.end();
        here.home?.remove();
    });
    /** A test with a window, which must have had nothing to complain of at its end. */
    here.test = (name, act, { page = "", ...context } = {}) =>
        nodeTest(name, { skip }, async () => {
            const address = page ? `${here.jarvis.url}#${page}` : here.jarvis.address;
            const window = await Window.open(here.browser, address, context);
            try {
                await act(window);
            } catch (error) {
                window.check(`${name}: ${error.message}`);
                throw error;
            }
            await window.close();
        });
    return here;
}
