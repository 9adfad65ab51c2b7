// What a person does in the window, in a real browser, against the stand-in: each step says what it shows.
//
//   node dev/server.mjs --dist --port 4181 --token secret &  node dev/journey.mjs   (CHROMIUM names the browser)
import assert from "node:assert/strict";

import { chromium } from "playwright-core";

const address = process.argv[2] ?? "http://127.0.0.1:4181/";
const token = process.argv[3] ?? "secret";
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
});
const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, locale: "en" });
await context.grantPermissions(["clipboard-read", "clipboard-write"]);
const page = await context.newPage();
const problems = [];
page.on("pageerror", (error) => problems.push(error.message));
page.on("console", (message) => {
    const expected = /Failed to load resource|ERR_/.test(message.text());
    if (message.type() === "error" && !expected) problems.push(message.text());
});
page.setDefaultTimeout(15_000);

const button = (name) => page.getByRole("button", { name, exact: true });
const composer = () => page.getByRole("textbox", { name: "Message to Jarvis" });
const link = (name) => page.getByRole("navigation", { name: "Conversations" }).getByRole("link", { name });

async function step(name, act) {
    await act();
    assert.deepEqual(problems, [], name);
    console.log(`ok  ${name}`);
}

await step("a wrong token asks for the right one", async () => {
    await page.goto(`${address}#token=wrong`);
    await page.getByLabel("Token").fill(token);
    await button("Open").click();
    await composer().waitFor();
});

await step("the address gives the token and forgets it", async () => {
    await page.evaluate(() => sessionStorage.clear());
    await page.goto("about:blank");
    await page.goto(`${address}#token=${token}`);
    await link("A first look").waitFor();
    assert.ok(!page.url().includes(token));
});

await step("a question is answered piece by piece, and can be stopped", async () => {
    await composer().fill("A question that is stopped");
    await page.keyboard.press("Enter");
    await page.getByText("it is the same for every question").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Stopped.").waitFor();
});

await step("it is answered again", async () => {
    await button("Answer again").click();
    await page.getByText("is shown as text.").waitFor();
    await page.locator(".katex").first().waitFor();
    await page.locator(".hljs-keyword").first().waitFor();
    await button("Answer again").waitFor();
    assert.equal(await page.getByText("Stopped.").count(), 0);
    assert.equal(await page.getByRole("article", { name: "Jarvis" }).count(), 1);
});

await step("the question is edited and sent again", async () => {
    await page.getByRole("log").evaluate((log) => log.scrollTo(0, 0));
    await button("Edit and send again").click();
    await page.getByRole("textbox", { name: "Edit and send again" }).fill("A better question");
    await page.keyboard.press("Enter");
    await page.getByRole("article", { name: "You" }).getByText("A better question").waitFor();
    await button("Answer again").waitFor();
    assert.equal(await page.getByRole("article", { name: "Jarvis" }).count(), 1);
});

await step("code is copied", async () => {
    await page.getByRole("log").evaluate((log) => log.scrollTo(0, 0));
    await button("Copy").click();
    await button("Copied").waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^\/\/\/ The value/);
});

await step("a conversation is renamed, pinned, exported, deleted and brought back, by keyboard", async () => {
    const menu = async (name, item) => {
        await button(`More for “${name}”`).focus();
        await page.keyboard.press("Enter");
        await page.getByRole("menuitem", { name: item, exact: true }).press("Enter");
    };
    await menu("A question that is stopped", "Rename");
    await page.getByRole("textbox", { name: "Rename" }).fill("A new name");
    await page.keyboard.press("Enter");
    await link("A new name").waitFor();
    await menu("A new name", "Pin");
    await page.getByRole("region", { name: "Pinned" }).getByRole("link", { name: "A new name" }).waitFor();
    const download = page.waitForEvent("download");
    await menu("A new name", "Export as Markdown");
    assert.equal((await download).suggestedFilename(), "conversation.md");
    await menu("A new name", "Delete");
    await link("A new name").waitFor({ state: "detached" });
    await button("Undo").click();
    await link("A new name").waitFor();
});

await step("the search finds what a message says", async () => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("evening in Tokyo");
    await link("A first look").waitFor({ state: "detached" });
    await link("What time is it in Tokyo?").click();
    await page.getByRole("img", { name: "Spoken" }).waitFor();
    await page.getByRole("searchbox").first().fill("");
});

await step("a long conversation opens at its end and goes back to its beginning", async () => {
    await link("Twelve hundred messages").click();
    await page.getByText("Answer 600.").waitFor();
    assert.ok((await page.getByRole("article").count()) < 60);
    const log = page.getByRole("log");
    await log.hover();
    for (
        let turn = 0;
        turn < 400 && (await page.getByText("Question 1", { exact: true }).count()) === 0;
        turn++
    ) {
        await page.mouse.wheel(0, -4_000);
        await page.waitForTimeout(30);
    }
    await page.getByText("Question 1", { exact: true }).waitFor();
    await button("To the latest message").click();
    await page.getByText("Answer 600.").waitFor();
});

await step("holding the button is listened to, and the same conversation shows it", async () => {
    await page.keyboard.press("Control+n");
    const talk = button("Hold to talk");
    await talk.hover();
    await page.mouse.down();
    await page.getByText("What is the weather", { exact: false }).waitFor();
    await page.mouse.up();
    // Nothing was open, so the spoken conversation comes into sight by itself.
    await page.getByRole("img", { name: "Spoken" }).waitFor();
    await button("Answer again").waitFor();
    await button("Mute the microphone").click();
    await button("Open the microphone").waitFor();
    await button("Open the microphone").click();
});

await step("a setting is changed, refused and reset", async () => {
    await page.getByRole("link", { name: "Settings" }).click();
    const speed = page.getByRole("textbox", { name: "Speed" });
    await speed.fill("1.5");
    await speed.press("Enter");
    await button("Take the default for Speed").waitFor();
    await speed.fill("9");
    await speed.press("Enter");
    await page.getByText("The speed must be between").waitFor();
    await assertValue(speed, "1.5");
    await button("Take the default for Speed").click();
    await assertValue(speed, "1");
    await page.getByRole("radio", { name: "Deutsch" }).click();
    await page.getByRole("heading", { name: "Einstellungen" }).waitFor();
    await page.getByRole("radio", { name: "English" }).click();
});

await step("a model is fetched, paused, resumed and removed", async () => {
    await page.getByRole("link", { name: "Models" }).click();
    await button("Get A small chat model").click();
    await page.locator('[role=progressbar]:not([aria-valuenow="0"])').waitFor();
    await button("Pause A small chat model").click();
    await button("Resume A small chat model").click();
    await button("Check A small chat model").click();
    await page.getByText("A small chat model is whole.").waitFor();
    await button("Remove A small chat model").click();
    await button("Remove").click();
    await button("Get A small chat model").waitFor();
});

await step("health says what does not work, and how to mend it", async () => {
    await page.getByRole("link", { name: "Health" }).click();
    await page.getByText("Ollama does not answer").waitFor();
    await page.getByRole("img", { name: /30 turns/ }).waitFor();
});

await step("a draft survives while the server is away and the page is loaded again", async () => {
    await page.keyboard.press("Control+n");
    await composer().fill("Half a thought");
    await page.reload();
    await assertValue(composer(), "Half a thought");
    await context.setOffline(true);
    await composer().press("Enter");
    await page.getByText("Jarvis does not answer.").waitFor();
    await assertValue(composer(), "Half a thought");
    await context.setOffline(false);
    await composer().press("Enter");
    await button("Answer again").waitFor();
});

await step("the list of shortcuts opens and closes by keyboard", async () => {
    await page.keyboard.press("Control+/");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
});

async function assertValue(field, value) {
    for (let turn = 0; turn < 100 && (await field.inputValue()) !== value; turn++)
        await page.waitForTimeout(50);
    assert.equal(await field.inputValue(), value);
}

await browser.close();
