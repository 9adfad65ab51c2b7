// What goes wrong, and who means ill: nothing is run, nothing is lost.
import assert from "node:assert/strict";

import { HOSTILE, hostileConversation } from "./conversations.mjs";
import { Jarvis } from "./jarvis.mjs";
import { stage, Window } from "./window.mjs";

const here = stage({ conversations: [hostileConversation()] });
/** What a browser says of a server that is not there. */
const GONE = [
    /ERR_CONNECTION_REFUSED/,
    /ERR_CONNECTION_RESET/,
    /ERR_INCOMPLETE_CHUNKED/,
    /ERR_EMPTY_RESPONSE/,
];

here.test(
    "a window with a wrong token asks for the right one",
    async (window) => {
        const { page } = window;
        await page.evaluate(() => sessionStorage.clear());
        await page.goto("about:blank");
        await page.goto(`${here.jarvis.url}#token=${"0".repeat(40)}`);
        await page.getByRole("heading", { name: "This window needs the token" }).waitFor();
        assert.equal(await window.composer.count(), 0);
        await page.getByLabel("Token").fill("guess");
        await window.button("Open").click();
        await page.getByRole("heading", { name: "This window needs the token" }).waitFor();
        await page.getByLabel("Token").fill(here.home.token);
        await window.button("Open").click();
        await window.composer.waitFor();
        await window.list.getByRole("link").first().waitFor();
    },
    { expected: [/401/] },
);

here.test("the address gives the token and forgets it", async ({ page, list }) => {
    await list.getByRole("link").first().waitFor();
    assert.ok(!page.url().includes("token"), page.url());
    assert.ok(!(await page.evaluate(() => JSON.stringify(localStorage))).includes(here.home.token));
});

here.test("what looks like a page in titles, messages and tools is shown and never run", async (window) => {
    await window.link(HOSTILE[0]).click();
    await window.page.waitForFunction(() => document.querySelectorAll("article").length > 2);
    // From the end to the beginning, so that each message is drawn.
    const seen = new Set();
    while (!seen.has(HOSTILE[0])) {
        for (const text of await window.questions.allInnerTexts()) {
            for (const one of HOSTILE) if (text.trimStart().startsWith(one)) seen.add(one);
        }
        await window.log.evaluate((log) =>
            log.querySelectorAll("details").forEach((one) => (one.open = true)),
        );
        await harmless(window);
        const before = await window.log.evaluate((log) => log.scrollTop);
        if (before === 0) break;
        await window.log.evaluate((log) => log.scrollBy(0, -400));
        await window.page.waitForFunction(
            (top) => document.querySelector("[role=log]").scrollTop !== top,
            before,
        );
    }
    assert.deepEqual([...seen].sort(), [...HOSTILE].sort());
    // The same by a person's own hand: a question, a name, a search.
    await window.choose(HOSTILE[0], "Rename");
    await window.page.getByRole("textbox", { name: "Rename" }).fill(HOSTILE[2]);
    await window.page.keyboard.press("Enter");
    await window.link(HOSTILE[2]).waitFor();
    await window.page.getByRole("searchbox").first().fill(HOSTILE[1]);
    await window.link(HOSTILE[2]).waitFor();
    await harmless(window);
});

async function harmless({ page }) {
    const found = await page.evaluate(() => {
        const named =
            "#root script, #root iframe, #root object, #root embed, #root base, #root form[action], img[src^=http]";
        const elements = [...document.querySelectorAll(`${named}, #root style`)].map((one) => one.outerHTML);
        const handlers = [...document.querySelectorAll("#root *")].flatMap((one) =>
            [...one.attributes]
                .filter(
                    ({ name, value }) =>
                        /^on/.test(name) ||
                        (/^(href|src)$/.test(name) && /^\s*(javascript|data:text)/i.test(value)),
                )
                .map(({ name, value }) => `${name}=${value}`),
        );
        return [...elements, ...handlers, ...(window.broken ? ["it was run"] : [])];
    });
    assert.deepEqual(found, []);
}

here.test(
    "the server goes and comes back: the window goes on, with the draft and the messages",
    async (window) => {
        await window.send("What is 17 times 3?");
        await window.answers.filter({ hasText: "51" }).waitFor();
        await window.composer.fill("Half a thought");
        const { port } = here.jarvis;
        await here.jarvis.end();
        await window.text("Jarvis is away.", { exact: false }).waitFor();
        // What is sent now is given back.
        await window.composer.press("Enter");
        await window.text("Jarvis does not answer.").waitFor();
        await window.holds(window.composer, "Half a thought");
        await window.questions.filter({ hasText: "17 times 3" }).waitFor();

        here.jarvis = await Jarvis.start(here.home, { port });
        await window.text("Jarvis is away.", { exact: false }).waitFor({ state: "detached" });
        await window.answers.filter({ hasText: "51" }).waitFor();
        await window.holds(window.composer, "Half a thought");
        await window.composer.fill("What is 6 times 7?");
        await window.composer.press("Enter");
        await window.answers.filter({ hasText: "42" }).waitFor();
        await window.page.reload();
        await window.answers.filter({ hasText: "42" }).waitFor();
        assert.equal(await window.questions.count(), 2);
    },
    { expected: GONE },
);

here.test(
    "the server dies in the middle of an answer: what had come is kept, and it is asked for again",
    async (window) => {
        await window.send("Write a long story about the sea.");
        await window.answers.locator(".prose").waitFor();
        const { port } = here.jarvis;
        await here.jarvis.end();
        await window.text("Jarvis is away.", { exact: false }).waitFor();
        here.jarvis = await Jarvis.start(here.home, { port });
        await window.text("Stopped.").waitFor();
        await window.button("Edit and send again").click();
        await window.page.getByRole("textbox", { name: "Edit and send again" }).fill("What is 17 times 3?");
        await window.page.keyboard.press("Enter");
        await window.answers.filter({ hasText: "51" }).waitFor();
    },
    { expected: GONE },
);

here.test("two windows see the same conversation as it happens", async (one) => {
    await one.send("What is 12 times 12?");
    await one.answers.filter({ hasText: "144" }).waitFor();
    const page = new URL(one.page.url()).hash.slice(1);
    const other = await Window.open(here.browser, here.jarvis.address);
    await other.page.goto(`${here.jarvis.url}#${page}`);
    await other.answers.filter({ hasText: "144" }).waitFor();

    // Each sees what is asked in the other, and the answer as it is written.
    await other.send("Write a long story about the sea.");
    await other.answers.nth(1).locator(".prose").waitFor();
    await one.questions.filter({ hasText: "long story" }).waitFor();
    await one.answers.nth(1).locator(".prose").waitFor();
    await one.button("Stop the answer").click();
    await other.text("Stopped.").waitFor();
    await one.text("Stopped.").waitFor();
    const texts = (window) => window.log.getByRole("article").locator(".prose").allInnerTexts();
    await one.answered();
    await other.answered();
    assert.deepEqual(await texts(one), await texts(other));
    // A name given in one is shown in the other, and what is deleted in one is gone in the other.
    await one.choose("What is 12 times 12?", "Rename");
    await one.page.getByRole("textbox", { name: "Rename" }).fill("Seen twice");
    await one.page.keyboard.press("Enter");
    await other.link("Seen twice").waitFor();
    other.expected = [/404/];
    await one.choose("Seen twice", "Delete");
    await other.link("Seen twice").waitFor({ state: "detached" });
    await other.text("There is no such conversation.").waitFor();
    await one.button("Undo").click();
    await other.link("Seen twice").waitFor();
    await other.answers.filter({ hasText: "144" }).waitFor();
    await other.close();
});
