// A disk without room: said so, nothing lost, and gone on with when there is room again.
import assert from "node:assert/strict";

import { noSmallDisk } from "./jarvis.mjs";
import { stage } from "./window.mjs";

const here = stage({ disk: "16m", skip: noSmallDisk() });

here.test(
    "a question that cannot be kept is given back",
    async (window) => {
        await window.send("What is 12 times 12?");
        await window.answers.filter({ hasText: "144" }).waitFor();
        const give = here.jarvis.fillDisk();
        await window.composer.fill("What is 13 times 13?");
        await window.composer.press("Enter");
        await window.text("The disk is full.").waitFor();
        await window.text("Free some space; what was kept before is whole.").waitFor();
        await window.holds(window.composer, "What is 13 times 13?");
        await window.page.reload();
        await window.answers.filter({ hasText: "144" }).waitFor();
        assert.equal(await window.questions.count(), 1);
        give();
        await window.composer.press("Enter");
        await window.answers.filter({ hasText: "169" }).waitFor();
    },
    { expected: [/507/] },
);

here.test(
    "an answer under way is shown to its end, and of what was kept nothing is lost",
    async (window) => {
        await window.send("What is 12 times 12?");
        await window.answers.filter({ hasText: "144" }).waitFor();
        await window.send("Write a long story about the sea.");
        await window.answers.nth(1).locator(".prose").waitFor();
        const give = here.jarvis.fillDisk();
        await window.answered();
        await window.text("The disk is full.").first().waitFor();
        const story = await window.answers.nth(1).locator(".prose").innerText();
        const whole = async () => {
            await window.page.reload();
            await window.answers.filter({ hasText: "144" }).waitFor();
            assert.equal(await window.answers.nth(1).locator(".prose").innerText(), story);
        };
        await whole();
        give();
        await window.send("What is 13 times 13?");
        await window.answers.filter({ hasText: "169" }).waitFor();
        await whole();
    },
    { expected: [/507/] },
);
