// Writing with Jarvis, and keeping what was written: the embedded model answers.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { exchange } from "./conversations.mjs";
import { stage } from "./window.mjs";

const LONG = "Write a long story about the sea.";
const CODE = "Here.\n\n```rust\nlet five = 5;\n```\n\nAnd $x^2$ too, with a [link](https://example.org/).";
const then = new Date("2026-03-02T08:00:00Z");

const here = stage({
    // The same answer each time: by chance some are too short to be stopped.
    settings: { JARVIS_LLM__TEMPERATURE: "0" },
    conversations: [
        { title: "Kept from before", messages: exchange(then, "How is five written?", CODE) },
        { title: "Lighthouses", messages: exchange(then, "Who lights it?", "The keeper climbs at dusk.") },
        { title: "Mountains", messages: exchange(then, "How high?", "Eight thousand metres.") },
    ],
});

here.test("an answer comes in piece by piece", async (window) => {
    await window.send(LONG);
    // Each state of the answer is noted as it is drawn: it grows, and what stood there stays.
    const lengths = await window.answers.last().evaluate(
        (answer) =>
            new Promise((resolve) => {
                const seen = new Set();
                new MutationObserver(() => {
                    const length = answer.querySelector(".prose")?.textContent.length ?? 0;
                    if (length > 0) seen.add(length);
                    if (seen.size === 4) resolve([...seen]);
                }).observe(answer, { childList: true, subtree: true, characterData: true });
            }),
    );
    assert.deepEqual(
        lengths,
        lengths.toSorted((a, b) => a - b),
    );
    await window.button("Stop the answer").click();
    await window.answered();
});

here.test("an answer is stopped, written again, and its question put otherwise", async (window) => {
    await window.send(LONG);
    await window.answers.locator(".prose").waitFor();
    await window.button("Stop the answer").waitFor();
    await window.page.keyboard.press("Escape");
    await window.text("Stopped.").waitFor();
    assert.notEqual((await window.answers.locator(".prose").textContent()).trim(), "");

    await window.button("Answer again").click();
    await window.text("Stopped.").waitFor({ state: "detached" });
    await window.answers.locator(".prose").waitFor();
    await window.button("Stop the answer").click();
    await window.answered();
    assert.equal(await window.answers.count(), 1, "the new answer stands in place of the old one");

    await window.button("Edit and send again").click();
    const field = window.page.getByRole("textbox", { name: "Edit and send again" });
    await window.holds(field, LONG);
    await field.fill("What is 17 times 3?");
    await field.press("Enter");
    await window.answers.filter({ hasText: "51" }).waitFor();
    await window.answered();
    assert.equal(await window.questions.count(), 1);
    assert.equal(await window.answers.count(), 1);

    // What is shown is what is kept.
    await window.page.reload();
    await window.answers.filter({ hasText: "51" }).waitFor();
    await window.questions.filter({ hasText: "17 times 3" }).waitFor();
});

here.test("a new line is no message, and an empty message is not sent", async (window) => {
    assert.ok(await window.button("Send").isDisabled());
    await window.composer.fill("   ");
    assert.ok(await window.button("Send").isDisabled());
    await window.composer.fill("What is");
    await window.composer.press("Shift+Enter");
    await window.composer.pressSequentially("2 plus 2?");
    await window.holds(window.composer, "What is\n2 plus 2?");
    await window.composer.press("Enter");
    await window.answered();
    assert.equal(await window.questions.count(), 1);
    await window.holds(window.composer, "");
});

here.test(
    "code is coloured and copied, formulas are set",
    async (window) => {
        await window.link("Kept from before").click();
        await window.page.locator(".katex").waitFor();
        await window.page.locator(".hljs-keyword").waitFor();
        await window.button("Copy").click();
        await window.button("Copied").waitFor();
        assert.equal(await window.page.evaluate(() => navigator.clipboard.readText()), "let five = 5;");
        const link = window.page.getByRole("link", { name: "link", exact: true });
        assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
);

here.test("conversations are searched by title and by what was said", async (window) => {
    await window.link("Mountains").waitFor();
    await window.page.keyboard.press("Control+k");
    for (const words of ["lighthou", "keeper climbs"]) {
        await window.page.keyboard.press("Control+a");
        await window.page.keyboard.type(words);
        await window.link("Mountains").waitFor({ state: "detached" });
        await window.link("Lighthouses").waitFor();
    }
    await window.page.keyboard.press("Control+a");
    await window.page.keyboard.type("nowhere to be found");
    await window.text("Nothing found.").waitFor();
    await window.page.keyboard.press("Escape");
    await window.link("Mountains").waitFor();
});

here.test("a conversation is renamed, pinned, exported, deleted and brought back", async (window) => {
    await window.choose("Mountains", "Rename");
    const field = window.page.getByRole("textbox", { name: "Rename" });
    await field.fill("Peaks");
    await field.press("Enter");
    await window.link("Peaks").waitFor();

    await window.choose("Peaks", "Pin");
    const pinned = window.page.getByRole("region", { name: "Pinned" });
    await pinned.getByRole("link", { name: "Peaks" }).waitFor();
    // Another window, or this one opened again, shows the same.
    await window.page.reload();
    await pinned.getByRole("link", { name: "Peaks" }).waitFor();

    const markdown = await save(window, "Peaks", "Export as Markdown");
    assert.match(markdown.name, /\.md$/);
    assert.match(markdown.text, /# Peaks[^]*How high\?[^]*Eight thousand metres\./);
    const json = await save(window, "Peaks", "Export as JSON");
    assert.match(json.name, /\.json$/);
    assert.equal(JSON.parse(json.text).messages[1].content, "Eight thousand metres.");

    await window.link("Peaks").click();
    await window.choose("Peaks", "Delete");
    await window.link("Peaks").waitFor({ state: "detached" });
    await window.page.getByRole("heading", { name: "What can I do for you?" }).waitFor();
    await window.button("Undo").click();
    await pinned.getByRole("link", { name: "Peaks" }).click();
    await window.text("Eight thousand metres.").waitFor();
});

async function save(window, conversation, item) {
    const download = window.page.waitForEvent("download");
    await window.choose(conversation, item);
    const file = await download;
    return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}
