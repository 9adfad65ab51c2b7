// What is remembered and what was read: told, found, corrected, replaced, pinned and forgotten for good.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { stage } from "./window.mjs";

const DOCUMENTS = fileURLToPath(new URL("../retrieval/documents/", import.meta.url));

const here = stage();

const facts = (window, text) => window.page.getByRole("article").filter({ hasText: text });
const search = (window) =>
    window.page.getByRole("searchbox", { name: "Search everything told, said and read" });
const notice = (window, text) => window.page.getByRole("region", { name: "Notices" }).getByText(text);

async function remember(window, text) {
    await window.button("Remember something").click();
    const field = window.page.getByRole("textbox", { name: "Remember something" });
    await field.fill(text);
    await field.press("Enter");
    await facts(window, text).waitFor();
    await field.waitFor({ state: "detached" });
}

async function change(window, text, kind, next) {
    await facts(window, text).getByRole("button", { name: "Change", exact: true }).click();
    const field = window.page.getByRole("textbox", { name: "The words of this fact" });
    await window.page.getByRole("radio", { name: kind }).click();
    await field.fill(next);
    await field.press("Enter");
    await facts(window, next).waitFor();
    await field.waitFor({ state: "detached" });
}

/** What a desktop does when a file is let go of over the window. */
function drop(window, name, text) {
    return window.page.evaluate(
        ([name, text]) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], name));
            for (const kind of ["dragover", "drop"]) {
                window.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
            }
        },
        [name, text],
    );
}

here.test("a fact is told, found, corrected, replaced and pinned", async (window) => {
    const { page } = window;
    await window.visit("Memory");
    await window.text("Nothing is remembered yet.").waitFor();
    await remember(window, "The spare key is with Mrs Nowak");
    await remember(window, "Leonie plays the cello");
    await change(window, "Mrs Nowak", "Correct the wording", "The spare key is with Mrs Novak");
    await change(window, "Mrs Novak", "This has changed", "The spare key is under the blue pot");
    await facts(window, "Mrs Novak").waitFor({ state: "detached" });

    await search(window).fill("Where is the spare key?");
    await page.getByRole("region", { name: "What was found" }).waitFor();
    await facts(window, "under the blue pot").waitFor();
    await page.getByRole("radio", { name: "Read", exact: true }).click();
    await window.text("Nothing found.").waitFor();
    await search(window).press("Escape");
    await facts(window, "cello").waitFor();

    // What no longer holds is kept, and said to be past.
    await page.getByRole("switch", { name: "Also what no longer holds" }).click();
    const past = page.getByRole("article", { name: "The spare key is with Mrs Novak" });
    await past.getByText(/^Held until .*, then: The spare key is under the blue pot$/).waitFor();
    assert.equal(await facts(window, "Mrs Nowak").count(), 0, "a corrected slip is no past");

    await facts(window, "cello").getByRole("button", { name: "Always bring to mind" }).click();
    await page.getByRole("heading", { name: "Pinned", level: 2 }).last().waitFor();
    await page.reload();
    await window.settled();
    const first = page.locator("main").getByRole("article").first();
    assert.match(await first.innerText(), /cello/, "what is pinned comes first");
});

here.test("one fact is forgotten, and all about something after it was shown", async (window) => {
    const { page } = window;
    await window.visit("Memory");
    await facts(window, "cello").getByRole("button", { name: "Forget", exact: true }).click();
    const asked = page.getByRole("alertdialog", { name: "Forget this for good?" });
    await asked.getByText("Leonie plays the cello").waitFor();
    await asked.getByRole("button", { name: "Cancel" }).click();
    await facts(window, "cello").getByRole("button", { name: "Forget", exact: true }).click();
    await asked.getByRole("button", { name: "Forget", exact: true }).click();
    await notice(window, "Forgotten: 1 fact.").waitFor();
    await facts(window, "cello").waitFor({ state: "detached" });

    await window.button("New chat").click();
    await window.send("Remember that Zebulon lives in Basel");
    await window.answered();
    await window.visit("Memory");
    const told = facts(window, "Zebulon").getByRole("link", { name: "Remember that Zebulon lives in Basel" });
    await told.click();
    await window.answers.waitFor();
    await page.goBack();
    await told.waitFor();
    await window.button("Forget about …").click();
    const dialog = page.getByRole("dialog", { name: "Forget everything about something" });
    const words = dialog.getByRole("textbox", { name: "What to forget about" });
    await words.fill("unheard");
    await words.press("Enter");
    await dialog.getByText("Nothing has all of these words in it.").waitFor();
    await words.fill("Zebulon");
    await words.press("Enter");
    await dialog.getByRole("region", { name: "1 fact" }).getByText("Zebulon lives in Basel").waitFor();
    await dialog.getByRole("region", { name: "2 messages" }).waitFor();
    const kept = await here.jarvis.ask("GET", "/memory/facts?search=Zebulon");
    assert.equal(kept.facts.length, 1, "looking forgets nothing");
    await dialog.getByRole("button", { name: "Forget all of this" }).click();
    await dialog.getByText("Forgotten: 1 fact and 2 messages.").waitFor();
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await facts(window, "Zebulon").waitFor({ state: "detached" });
    await window.list.getByText("Zebulon").waitFor({ state: "detached" });
    await facts(window, "blue pot").waitFor();
});

here.test("the memory is exported, and what was forgotten is imported again", async (window) => {
    const { page } = window;
    await window.visit("Memory");
    await remember(window, "Oskar repairs clocks");
    const exported = async (item) => {
        await window.button("Export, import").click();
        const download = page.waitForEvent("download");
        await page.getByRole("menuitem", { name: item }).click();
        return readFileSync(await (await download).path());
    };
    assert.match((await exported("Export as a text to read")).toString(), /^- Oskar repairs clocks/m);
    const buffer = await exported("Export as JSON lines, to import again");
    await facts(window, "Oskar").getByRole("button", { name: "Forget", exact: true }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Forget", exact: true }).click();
    await facts(window, "Oskar").waitFor({ state: "detached" });

    const choose = (name, buffer) =>
        page.getByTestId("memory-picker").setInputFiles({ name, mimeType: "application/jsonl", buffer });
    window.expected = [/status of 400 .*memory\/import/];
    await choose("tea.jsonl", Buffer.from("two spoons of tea"));
    const wrong = page.getByRole("dialog", { name: "Import tea.jsonl" });
    await wrong.getByText("This is no memory that was exported.").waitFor();
    await page.keyboard.press("Escape");
    await choose("memory.jsonl", buffer);
    const dialog = page.getByRole("dialog", { name: "Import memory.jsonl" });
    await dialog.getByText("It adds: 1 fact.").waitFor();
    assert.equal(await facts(window, "Oskar").count(), 0, "looking imports nothing");
    await dialog.getByRole("button", { name: "Import", exact: true }).click();
    await notice(window, "Imported: 1 fact").waitFor();
    await facts(window, "Oskar").waitFor();
    await choose("memory.jsonl", buffer);
    await dialog.getByText("It adds: nothing.").waitFor();
    assert.ok(await dialog.getByRole("button", { name: "Import", exact: true }).isDisabled());
    await page.keyboard.press("Escape");
});

here.test("an answer says from where it is known, until that is forgotten", async (window) => {
    const { page } = window;
    await window.send("Remember that the door code is 4711");
    await window.answered();
    await window.send("What do you know about the door code?");
    const chip = window.answers.getByRole("button", { name: "You told me today" });
    await chip.click();
    await page
        .getByRole("dialog", { name: "You told me today" })
        .getByText("the door code is 4711")
        .waitFor();
    await page.getByRole("link", { name: "Show it in the memory" }).click();
    const shown = page.locator("article[aria-current]");
    await shown.getByText("the door code is 4711", { exact: true }).waitFor();
    await page.goBack();
    await chip.waitFor();
    const [{ id }] = (await here.jarvis.ask("GET", "/memory/facts?search=4711")).facts;
    await here.jarvis.ask("DELETE", `/memory/facts/${id}`);
    await chip.waitFor({ state: "detached" });
});

here.test("documents are read, found by a question, opened at the passage, and removed", async (window) => {
    const { page } = window;
    await window.visit("Documents");
    await window.text("No document has been read yet.").waitFor();
    await page
        .getByTestId("document-picker")
        .setInputFiles([`${DOCUMENTS}boiler-manual.pdf`, `${DOCUMENTS}kitchen-notes.txt`]);
    const manual = page.getByRole("article", { name: "boiler-manual.pdf" });
    await manual.getByText(/17.pages/).waitFor();
    await page.getByRole("article", { name: "kitchen-notes.txt" }).waitFor();
    await drop(window, "dropped.md", "# Bread\n\nFive hundred grams of flour.");
    await page.getByRole("article", { name: "dropped.md" }).waitFor();
    await page.getByRole("list", { name: "Being read" }).waitFor({ state: "detached" });

    await window.visit("Memory");
    await search(window).fill("At what temperature does the frost guard start?");
    await page.getByRole("radio", { name: "Read", exact: true }).click();
    const found = page.getByRole("article", { name: /^boiler-manual\.pdf, page \d+$/ }).first();
    await found.getByText(/frost/i).first().waitFor();
    const name = await found.getAttribute("aria-label");
    await found.getByRole("link").click();
    await page.getByRole("heading", { name: "boiler-manual.pdf", level: 1 }).waitFor();
    const passage = page.locator("article[aria-current]");
    await passage.getByText(/frost/i).first().waitFor();
    await passage.getByText(`Page ${/\d+$/.exec(name)[0]}`, { exact: true }).waitFor();
    assert.ok(await passage.evaluate((one) => one.getBoundingClientRect().top < window.innerHeight));

    // Passages keep their places when one before them is forgotten.
    const place = await passage.getAttribute("aria-label");
    const gone = await here.jarvis.ask("POST", "/memory/forget", { words: "33870", dry_run: false });
    assert.deepEqual(
        gone.passages.map((one) => one.place),
        [2],
    );
    await page.reload();
    await passage.getByText(/frost/i).first().waitFor();
    assert.equal(await passage.getAttribute("aria-label"), place);
    await page.getByText(/46.passages/).waitFor();

    await window.button("Remove boiler-manual.pdf").click();
    const asked = page.getByRole("alertdialog", { name: "Remove boiler-manual.pdf?" });
    await asked.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("heading", { name: "Documents", level: 1 }).waitFor();
    await page.getByRole("article", { name: "kitchen-notes.txt" }).waitFor();
    assert.equal(await manual.count(), 0);
    await page.reload();
    await window.settled();
    await page.getByRole("article", { name: "kitchen-notes.txt" }).waitFor();
    assert.equal(await manual.count(), 0);
});

here.test(
    "what cannot be read is refused with its remedy, and the rest is read",
    async (window) => {
        const { page } = window;
        const file = (name, text) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
        const evil = "<img src=x onerror='window.broken=1'>";
        await window.visit("Documents");
        await page
            .getByTestId("document-picker")
            .setInputFiles([
                file("program.exe", "MZ"),
                file("broken.pdf", "%PDF-1.4 and no more"),
                file("evil.txt", `Zebulon ${evil}`),
            ]);
        const list = page.getByRole("list", { name: "Being read" });
        const refused = list.getByRole("listitem").filter({ hasText: "program.exe" }).getByRole("alert");
        await refused.getByText('"program.exe" is of no kind that can be read.').waitFor();
        await refused.getByText("Save it as PDF, DOCX, XLSX, CSV, HTML, Markdown or text.").waitFor();
        const broken = list.getByRole("listitem").filter({ hasText: "broken.pdf" }).getByRole("alert");
        await broken.waitFor();
        await window.button("Take program.exe off the list").click();
        await window.button("Take broken.pdf off the list").click();
        await list.waitFor({ state: "detached" });

        await page.getByRole("article", { name: "evil.txt" }).getByRole("link").click();
        await page.getByRole("article").getByText(evil).waitFor();
        assert.equal(await page.evaluate(() => window.broken), undefined);
        assert.equal(await page.locator("#root img[src=x]").count(), 0);
    },
    { expected: [/415/, /400/, /422/] },
);
