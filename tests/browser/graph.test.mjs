// Whom and what Jarvis knows: drawn and listed, found, asked, put right, and given away as a file.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { stage } from "./window.mjs";

const here = stage();

const TOLD = ["Anna works at Siemens", "Anna lives in Berlin", "Ben is Anna's brother", "I live in Potsdam"];

const panel = (window, name) => window.page.getByRole("region", { name, exact: true });
const combobox = (window, name) => window.page.getByRole("combobox", { name });

/** Chooses an entity by its name, without a mouse. */
async function open(window, name) {
    await combobox(window, "Find by name").fill(name);
    await window.page.getByRole("option").first().waitFor();
    await window.page.keyboard.press("Enter");
    await panel(window, name).waitFor();
}

/** Until the graph has everything that was told. */
async function filled() {
    const known = ["Anna", "Ben", "Berlin", "Potsdam", "Siemens"];
    for (;;) {
        const { entities } = await here.jarvis.ask("GET", "/graph?limit=5000");
        const names = entities.map(({ name }) => name);
        if (known.every((name) => names.includes(name))) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}

here.test("an empty graph says how it fills, and does so while it is looked at", async (window) => {
    await window.visit("Connections");
    await window.text("Nobody and nothing is known yet.").waitFor();
    for (const text of TOLD) await here.jarvis.ask("POST", "/memory/facts", { text });
    await filled();
    await window.page.getByRole("img", { name: /^Picture of \d+ entries/ }).waitFor();
});

here.test("an entity is found by keyboard, and what is known of it leads on", async (window) => {
    const { page } = window;
    await window.visit("Connections");
    await open(window, "Anna");
    const now = panel(window, "Anna").getByRole("list", { name: "Holds now" });
    await now.getByText("Anna works at Siemens").waitFor();
    await now.getByText("Anna lives in Berlin").waitFor();
    await now
        .getByText(/Ben is .*(?:brother|sibling) of Anna/)
        .first()
        .waitFor();
    await now.getByRole("button", { name: "You told me today" }).first().click();
    await page.getByRole("dialog", { name: "You told me today" }).getByText(/Anna/).waitFor();
    await page.keyboard.press("Escape");
    await now.getByRole("button", { name: "Siemens" }).click();
    await panel(window, "Siemens").getByText("Anna works at Siemens").waitFor();
    await page.goBack();
    await panel(window, "Anna").waitFor();
});

here.test("the person is addressed, and is in the list with everyone else", async (window) => {
    const { page } = window;
    await window.visit("Connections");
    await page.getByRole("radio", { name: "List" }).click();
    const list = page.getByRole("region", { name: "Everyone and everything" });
    await list.getByRole("button", { name: /^You / }).click();
    await panel(window, "You").getByText("You live in Potsdam").waitFor();
    const first = list.getByRole("button").first();
    await first.focus();
    await page.keyboard.press("ArrowDown");
    const focused = await page.evaluate(() => document.activeElement.textContent);
    assert.equal(focused, await list.getByRole("button").nth(1).textContent());
});

here.test("a question is answered in sentences, and the way from one to another is told", async (window) => {
    const { page } = window;
    await window.visit("Connections");
    const question = page.getByRole("textbox", { name: "Question about connections" });
    await question.fill("Who works at Siemens?");
    await question.press("Enter");
    await panel(window, "Answers").getByText("Anna works at Siemens").waitFor();

    await open(window, "Ben");
    await window.button("How is it connected with …").click();
    await combobox(window, "Find the other end").fill("siem");
    await page.keyboard.press("Enter");
    const way = page.getByRole("list", { name: "From Ben to Siemens" });
    await way.getByText("Anna works at Siemens").waitFor();
    assert.equal(await way.getByRole("listitem").count(), 2);
    await window.button("Close the way").click();
    await open(window, "Potsdam");
    await window.button("How is it connected with …").click();
    await combobox(window, "Find the other end").fill("siem");
    await page.keyboard.press("Enter");
    await window.text("They are not connected by anything that is known.").waitFor();
});

here.test("the graph is saved as a file in both formats", async (window) => {
    const { page } = window;
    await window.visit("Connections");
    for (const [item, content] of [
        ["As GraphML", /<graphml[\s\S]*Siemens/],
        ["As JSON", /"Siemens"/],
    ]) {
        await window.button("Export").click();
        const download = page.waitForEvent("download");
        await page.getByRole("menuitem", { name: item }).click();
        assert.match(readFileSync(await (await download).path(), "utf8"), content);
    }
});

here.test(
    "an entity gets another name and kind, and becomes part of another",
    async (window) => {
        const { page } = window;
        await window.visit("Connections");
        await open(window, "Siemens");
        await window.button("Rename").click();
        await page.getByRole("textbox", { name: "Name" }).fill("Siemens AG");
        await page.keyboard.press("Enter");
        await panel(window, "Siemens AG").getByText("Anna works at Siemens AG").waitFor();
        await combobox(window, "Kind").selectOption("Place");
        await panel(window, "Siemens AG").getByRole("paragraph").filter({ hasText: "Place" }).waitFor();

        await here.jarvis.ask("POST", "/memory/facts", { text: "Annabel lives in Hamburg" });
        await open(window, "Annabel");
        await window.button("Is the same as …").click();
        await combobox(window, "Find the other one").fill("Anna");
        await page.keyboard.press("Enter");
        await window.text(/^“Annabel” becomes part of “Anna”/).waitFor();
        await window.button("Make them one").click();
        await panel(window, "Anna").getByText("Also called Annabel").waitFor();
        await panel(window, "Anna").getByText("Anna lives in Hamburg").waitFor();
    },
    // The one that became part of another may be asked for once more.
    { expected: [/404.*\/graph\/entities\//] },
);

here.test(
    "on a phone the page fits, and a tap in the picture chooses",
    async (window) => {
        const { page } = window;
        await page.evaluate(() => (location.hash = "#/graph"));
        await page.getByRole("img", { name: /^Picture of/ }).waitFor();
        await page.getByText("The picture is being laid out").waitFor({ state: "detached" });
        const wider = () =>
            page.evaluate(() =>
                [...document.querySelectorAll("html, body, main, main > div, aside")]
                    .filter((one) => one.scrollWidth > one.clientWidth + 1)
                    .map((one) => `${one.tagName} ${one.scrollWidth} > ${one.clientWidth}`),
            );
        assert.deepEqual(await wider(), []);
        await open(window, "Berlin");
        assert.deepEqual(await wider(), []);
    },
    { viewport: { width: 380, height: 780 }, hasTouch: true, isMobile: true },
);
