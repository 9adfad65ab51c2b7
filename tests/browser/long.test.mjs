// A conversation of ten thousand messages is opened at its end, and read back to its beginning.
import assert from "node:assert/strict";

import { longConversation } from "./conversations.mjs";
import { stage } from "./window.mjs";

const here = stage({ conversations: [longConversation(10_000, "Ten thousand")] });

here.test("ten thousand messages are opened at the end and scrolled to the beginning", async (window) => {
    const { page, log } = window;
    await window.link("Ten thousand").click();
    await window.text("Answer 5000.", { exact: false }).waitFor();
    const drawn = () => page.getByRole("article").count();
    assert.ok((await drawn()) < 60, "only what is in sight is drawn");
    assert.ok(await window.text("Answer 5000.", { exact: false }).isVisible());

    await log.hover();
    // The first question that is drawn, which scrolling up makes an earlier one.
    const first = () =>
        page.evaluate(() => {
            const text = document.querySelector('article[aria-label="You"]')?.textContent ?? "";
            return Number(/Question (\d+)/.exec(text)?.[1] ?? 0);
        });
    for (let at = await first(); at > 1;) {
        await page.mouse.wheel(0, -20_000);
        await page.waitForFunction((before) => {
            const text = document.querySelector('article[aria-label="You"]')?.textContent ?? "";
            const now = Number(/Question (\d+)/.exec(text)?.[1] ?? 0);
            return now > 0 && now < before;
        }, at);
        at = await first();
        assert.ok((await drawn()) < 60);
    }
    await page.getByText("Question 1", { exact: true }).waitFor();

    await window.button("To the latest message").click();
    await window.text("Answer 5000.", { exact: false }).waitFor();
    await window.send("What is 17 times 3?");
    await window.answers.filter({ hasText: "51" }).waitFor();
    assert.ok((await drawn()) < 60);
});
