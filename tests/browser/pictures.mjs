// The pictures of the README: every page in both themes, and on a phone, of a real server with believable conversations.
//
//   make pictures        (CHROMIUM names the browser, where it is not the system's)
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { NOON, believable } from "./conversations.mjs";
import { Home, Jarvis } from "./jarvis.mjs";
import { soundCard } from "./sound-card.mjs";
import { launch, Window } from "./window.mjs";

const folder = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
const QUALITY = 80;

const WIDE = { viewport: { width: 1240, height: 800 }, deviceScaleFactor: 1.5 };
const PHONE = { viewport: { width: 380, height: 760 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

const PAGES = {
    welcome: async ({ link }) => link("Heat pumps").waitFor(),
    chat: async (window) => {
        await window.link("Heat pumps").click();
        await window.page.locator(".hljs-keyword").first().waitFor();
        await window.log.evaluate((log) => log.scrollTo(0, 0));
        await window.page.locator(".katex").first().waitFor();
    },
    memory: async (window) => {
        await window.visit("Memory");
        await window.page.getByRole("article").filter({ hasText: "Marit" }).first().waitFor();
    },
    connections: async (window) => {
        await window.visit("Connections");
        await window.page.getByRole("img", { name: /^Picture of \d+ entries/ }).waitFor();
        await window.page.getByRole("combobox", { name: "Find by name" }).fill("Marit");
        await window.page.getByRole("option").first().waitFor();
        await window.page.keyboard.press("Enter");
        await window.page.getByRole("region", { name: "Marit", exact: true }).waitFor();
        // The picture comes to rest.
        await window.page.waitForTimeout(3_000);
    },
    tools: async (window) => {
        await window.visit("Tools");
        await window.page.getByRole("article", { name: "write file" }).scrollIntoViewIfNeeded();
    },
    audit: async (window) => {
        await window.visit("Audit log");
        await window.button("Check the log").click();
        await window.text(/^The log is whole/).waitFor();
        await window.page.locator("main details summary").first().click();
    },
    approval: async (window) => {
        await window.link("Heat pumps").click();
        void call("move_file", { from: "~/Documents/report.odt", to: "~/.config/autostart/" });
        await window.page.getByRole("alertdialog", { name: "May I do this?" }).waitFor();
        await window.page.locator("button:enabled", { hasText: "Yes, this once" }).waitFor();
    },
    settings: (window) => window.visit("Settings"),
    models: (window) => window.visit("Models"),
    health: async (window) => {
        await window.visit("Health");
        const chart = window.page.getByRole("heading", { name: "How quickly answers begin" });
        await chart.evaluate((heading) => heading.scrollIntoView());
    },
    "first-steps": async (window) => {
        await window.page.evaluate(() => (location.hash = "#/welcome"));
        await window.page.getByRole("heading", { name: "Welcome. This is what I found" }).waitFor();
    },
};

/** What the person has told: of a family that is made up. */
const REMEMBERED = [
    "My sister Marit lives in Bergen",
    "Marit works at the Norwegian Polar Institute",
    "Jonas is Marit's husband",
    "Jonas works at Equinor",
    "Jonas lives in Bergen",
    "Linnea is Marit's daughter",
    "Linnea plays the cello",
    "I live in Leeds",
    "I work at the Brotherton Library",
    "Priya is my colleague",
    "Priya works at the Brotherton Library",
    "Priya lives in Leeds",
    "My favourite tea is Lapsang Souchong",
    "The spare key is under the blue flower pot",
    "The boiler is serviced every October",
];

/** Calls a tool; what comes of it is of no interest here. */
const call = (tool, given) =>
    jarvis.ask("POST", `/tools/${tool}/call`, { arguments: given }).catch(() => undefined);

/** Answers the question that is put next. */
async function answer(consent) {
    for (const until = Date.now() + 30_000; Date.now() < until; await pause(50)) {
        const [question] = await jarvis.ask("GET", "/approvals");
        if (question) return jarvis.ask("POST", `/approvals/${question.id}`, { consent });
    }
    throw new Error("nothing was asked");
}

/** Puts something of every kind on record: looked at, done after a yes, refused. */
async function act() {
    for (const folder of ["Documents", ".notes", ".config/autostart"])
        mkdirSync(join(person, folder), { recursive: true });
    writeFileSync(join(person, "Documents/report.odt"), "The year in numbers");
    await call("system_info", { about: "memory" });
    await call("copy_file", { from: "~/Documents/report.odt", to: "~/Documents/report of March.odt" });
    for (const [consent, path] of [
        ["once", "~/.notes/tea.txt"],
        ["no", "~/.bashrc"],
    ]) {
        const called = call("write_file", { path, text: "Three minutes.", mode: "create" });
        await answer(consent);
        await called;
    }
}

async function take(window, name) {
    const { page } = window;
    // The first steps show no voice bar.
    if (name.startsWith("first-steps")) await window.page.getByText("Graphics").first().waitFor();
    else await window.text("Ready").first().waitFor({ state: "attached" });
    await page.mouse.move(0, 0);
    await page.evaluate(async () => {
        document.activeElement?.blur();
        await document.fonts.ready;
        await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)));
    });
    const session = await page.context().newCDPSession(page);
    const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
    const bytes = Buffer.from(data, "base64");
    writeFileSync(join(folder, `${name}.webp`), bytes);
    console.log(`${name}.webp ${Math.round(bytes.length / 1024)} kB`);
}

/** A window at noon of the day on which the conversations were held. */
async function open(browser, jarvis, options) {
    const window = await Window.open(browser, "about:blank", options);
    await window.page.clock.setFixedTime(NOON);
    await window.page.goto(jarvis.address);
    return window;
}

mkdirSync(folder, { recursive: true });
const home = new Home();
const person = join(home.path, "person");
const card = soundCard();
let jarvis, browser;
try {
    home.put(believable());
    jarvis = await Jarvis.start(home, { voice: card.env, settings: { HOME: person } });
    for (const text of REMEMBERED) await jarvis.ask("POST", "/memory/facts", { text });
    await act();
    browser = await launch();
    for (const colorScheme of ["light", "dark"]) {
        const wide = await open(browser, jarvis, { ...WIDE, colorScheme, timezoneId: "UTC" });
        for (const [name, show] of Object.entries(PAGES)) {
            await show(wide);
            await take(wide, `${name}-${colorScheme}`);
            if (name === "approval") await answer("no");
        }
        await wide.close();
        const phone = await open(browser, jarvis, { ...PHONE, colorScheme, timezoneId: "UTC" });
        await phone.button("Open the conversations").click();
        await PAGES.chat(phone);
        await take(phone, `phone-${colorScheme}`);
        await phone.close();
    }
} finally {
    await browser?.close();
    await jarvis?.end("SIGINT");
    card.end();
    home.remove();
}
