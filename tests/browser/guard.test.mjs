// What is done under the person's eyes: asked about, refused, allowed for always, written down, taken back, stopped.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { person, stage } from "./window.mjs";

const PERSON = person();
mkdirSync(join(PERSON, ".notes"));

const here = stage({ settings: { HOME: PERSON } });

const TITLE = "May I do this?";
const card = (window) => window.page.getByRole("alertdialog", { name: TITLE });
const notice = (window, text) => window.page.getByRole("region", { name: "Notices" }).getByText(text);
const gone = (window) => card(window).waitFor({ state: "detached" });

/** Wishes for a note where programs keep their own: that is asked about. The answer comes when it is settled. */
function write(name, text = "Three minutes.") {
    const path = join(PERSON, ".notes", name);
    const called = here.jarvis.ask("POST", "/tools/write_file/call", {
        arguments: { path, text, mode: "create" },
    });
    // It may be settled by a failure after the test that asked for it is over.
    called.catch(() => undefined);
    return { path, called };
}

/** Waits until keys are taken for answers. */
async function calm(window) {
    await card(window).locator("button:enabled", { hasText: "Yes, this once" }).waitFor();
}

here.test("a question says exactly what would happen, and no means no", async (window) => {
    await window.composer.waitFor();
    await window.composer.fill("half a thou");
    const { path, called } = write("tea.txt");
    await card(window).getByText(path).waitFor();
    await card(window).getByText("High risk").waitFor();
    await card(window).getByText("You asked for this in your own words.").waitFor();
    await card(window)
        .getByRole("timer", { name: /^\d+ seconds left$/ })
        .waitFor();
    const focused = window.page.locator("button:focus");
    assert.equal(await focused.innerText(), "No");
    await window.page.keyboard.press("Escape");
    await gone(window);
    assert.equal((await called).ok, false);
    assert.ok(!existsSync(path), "nothing was written");
    // What had the focus has it again, with what was written there.
    await window.page.keyboard.type("ght");
    await window.holds(window.composer, "half a thought");
    await window.composer.fill("");
});

here.test("yes means this once, and the next time it is asked again", async (window) => {
    await window.composer.waitFor();
    const first = write("once.txt");
    await card(window).getByRole("button", { name: "Yes, this once" }).click();
    await gone(window);
    assert.equal((await first.called).ok, true);
    assert.equal(readFileSync(first.path, "utf8"), "Three minutes.");
    const second = write("twice.txt");
    await card(window).getByText(second.path).waitFor();
    await calm(window);
    await window.page.keyboard.press("Enter");
    await gone(window);
    assert.equal((await second.called).ok, false);
});

here.test("several questions wait for each other, and one that is settled elsewhere goes", async (window) => {
    await window.composer.waitFor();
    const first = write("first.txt");
    await card(window).getByText(first.path).waitFor();
    const second = write("second.txt");
    await card(window).getByText("1 more question is waiting.").waitFor();
    const [{ id }] = await here.jarvis.ask("GET", "/approvals");
    await here.jarvis.ask("POST", `/approvals/${id}`, { consent: "no" });
    await notice(window, "Refused elsewhere").waitFor();
    await card(window).getByText(second.path).waitFor();
    await window.page.keyboard.press("Escape");
    await gone(window);
    assert.deepEqual([(await first.called).ok, (await second.called).ok], [false, false]);
});

here.test("always is confirmed, listed with the tools, and taken back there", async (window) => {
    const { page } = window;
    await window.composer.waitFor();
    const { called } = write("always.txt");
    await card(window).getByRole("button", { name: "Always …" }).click();
    await card(window).getByText("From now on this happens without asking:").waitFor();
    await card(window).getByRole("button", { name: "Yes, always allow this" }).click();
    await gone(window);
    assert.equal((await called).ok, true);
    assert.equal((await write("again.txt").called).ok, true, "it is not asked about again");

    await window.visit("Tools");
    const grants = page.getByRole("region", { name: "Allowed for always" });
    await grants
        .getByRole("article")
        .getByRole("button", { name: /^Take back: / })
        .click();
    const asked = page.getByRole("alertdialog", { name: "Take this back?" });
    await asked.getByRole("button", { name: "Take back", exact: true }).click();
    await grants.getByText("Nothing is allowed for always.").waitFor();
    const next = write("asked.txt");
    await card(window).getByText(next.path).waitFor();
    await page.keyboard.press("Escape");
    await gone(window);
    assert.equal((await next.called).ok, false);
});

here.test("everything is stopped while something waits", async (window) => {
    await window.composer.waitFor();
    assert.equal(await window.button("Stop everything").count(), 0);
    const { path, called } = write("stopped.txt");
    await card(window).getByRole("button", { name: "Stop everything" }).click();
    await gone(window);
    await notice(window, "Everything was stopped.").waitFor();
    assert.equal((await called).ok, false);
    assert.ok(!existsSync(path));
    await window.button("Stop everything").waitFor({ state: "detached" });
});

here.test("a tool is found, switched off, and then does nothing", async (window) => {
    const { page } = window;
    await window.visit("Tools");
    await page.getByRole("searchbox", { name: "Search tools" }).fill("write file");
    const tool = page.getByRole("article", { name: "write file" });
    const use = tool.getByRole("switch", { name: "write file" });
    await use.click();
    await page.waitForFunction((one) => one.ariaChecked === "false", await use.elementHandle());
    const tools = await here.jarvis.ask("GET", "/tools");
    assert.equal(tools.find(({ name }) => name === "write_file").on, false);
    await use.click();
    await tool.getByText(/call/).first().waitFor();
});

here.test(
    "rules are changed, refused with the parser's words, and had as they ship again",
    async (window) => {
        const { page } = window;
        await window.visit("Tools");
        const rules = page.getByRole("region", { name: "Rules", exact: true });
        const field = rules.getByRole("textbox", { name: "Rules" });
        const shipped = await field.inputValue();
        await field.fill("permit (principal, action, resource");
        await rules.getByRole("button", { name: "Save" }).click();
        await rules
            .getByRole("alert")
            .getByText(/unexpected/)
            .waitFor();
        await rules.getByText(/^These rules ship with Jarvis/).waitFor();

        await field.fill(`${shipped}\n@id("mine") permit (principal, action == Action::"see", resource);\n`);
        await rules.getByRole("button", { name: "Save" }).click();
        await notice(window, "The rules hold from now on.").waitFor();
        await rules.getByText(/^These are your own rules/).waitFor();
        await rules.getByRole("button", { name: "Take the rules that ship" }).click();
        await page
            .getByRole("alertdialog", { name: "Take the rules that ship?" })
            .getByRole("button", { name: "Take the rules that ship" })
            .click();
        await window.holds(field, shipped);
    },
    { expected: [/\/api\/rules/] },
);

here.test("what would happen is told, and does not happen", async (window) => {
    const { page } = window;
    await window.visit("Tools");
    const form = page.getByRole("region", { name: "What would happen?" });
    await form.getByRole("combobox", { name: "Tool" }).selectOption("write_file");
    const path = join(PERSON, ".notes", "would.txt");
    const given = form.getByRole("textbox", { name: "Arguments, as JSON" });
    await given.fill("no json");
    await form.getByRole("button", { name: "Look" }).click();
    await form.getByText("These arguments are no JSON.").waitFor();
    await given.fill(JSON.stringify({ path, text: "x", mode: "create" }));
    await form.getByRole("button", { name: "Look" }).click();
    await form.getByText("You would be asked first.").waitFor();
    await form.getByText("High risk").waitFor();
    assert.ok(!existsSync(path));
});

here.test("the audit log has it all, can be checked, and is given away as a file", async (window) => {
    const { page } = window;
    await window.visit("Audit log");
    const records = page.locator("main details");
    await records.first().waitFor();
    await page.getByRole("searchbox", { name: "Search the log" }).fill("once.txt");
    await records.filter({ hasNotText: "once.txt" }).first().waitFor({ state: "detached" });
    const record = records.filter({ hasText: "once.txt" }).first();
    await record.locator("summary").click();
    await record.getByText("write_file", { exact: true }).waitFor();
    await record.getByText("you", { exact: true }).waitFor();
    await window.button("Check the log").click();
    await window.text(/^The log is whole: all \d+ records/).waitFor();

    for (const [item, sign] of [
        ["As JSON lines", /^{.*"seq":/],
        ["As CEF, for security systems", /^CEF:0\|/],
    ]) {
        await window.button("Export").click();
        const download = page.waitForEvent("download");
        await page.getByRole("menuitem", { name: item }).click();
        assert.match(readFileSync(await (await download).path(), "utf8"), sign);
    }
});

here.test("a part of the screen is marked by keyboard and goes to a new chat", async (window) => {
    const { page } = window;
    // There is no screen here: a picture of one stands in for it.
    const drawn = await page.evaluate(() => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [800, 600];
        const pen = canvas.getContext("2d");
        pen.fillStyle = "teal";
        pen.fillRect(0, 0, 800, 600);
        return canvas.toDataURL("image/png").split(",")[1];
    });
    await page.route("**/api/screen?target=screen", (route) =>
        route.fulfill({ contentType: "image/png", body: Buffer.from(drawn, "base64") }),
    );
    await window.button("Ask about my screen").click();
    await page.getByRole("heading", { name: "Ask about my screen", level: 1 }).waitFor();
    await page.getByRole("img", { name: "Your screen" }).waitFor();
    await page.locator('[role="application"]:focus').waitFor();
    await page.locator("button:enabled", { hasText: "Ask about this" }).waitFor();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    await page.getByText("Marked from 25% left and 25% top, 52% wide and 50% high.").waitFor();
    await page.keyboard.press("Enter");
    const chip = page.getByRole("list", { name: "Attachments" }).getByText("screen.png");
    await chip.waitFor();
    await page.locator("textarea:focus").waitFor();
    await page.keyboard.type("What is this?");
    await window.holds(window.composer, "What is this?");
    await window.button("Remove screen.png").click();
    await chip.waitFor({ state: "detached" });
    await window.composer.fill("");
});
