// Pictures and texts with a question: picked, pasted and dropped, seen before they are sent, and kept with it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { stage } from "./window.mjs";

/** One red pixel. */
const PNG = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC",
    "base64",
);
const picture = (name) => ({ name, mimeType: "image/png", buffer: PNG });
const text = (name, content = "Bread\nMilk\n") => ({
    name,
    mimeType: "text/plain",
    buffer: Buffer.from(content),
});

const here = stage();

const attached = (window) => window.page.getByRole("list", { name: "Attachments" }).getByRole("listitem");
const pick = (window, files) => window.page.getByTestId("file-picker").setInputFiles(files);

/** What a desktop does when files are let go of over the window, or pasted into a field. */
function hand(window, how, { name, mimeType, buffer }) {
    return window.composer.evaluate(
        (field, [how, name, type, bytes]) => {
            const files = new DataTransfer();
            files.items.add(new File([new Uint8Array(bytes)], name, { type }));
            const usual = { bubbles: true, cancelable: true };
            if (how === "paste") {
                field.dispatchEvent(new ClipboardEvent("paste", { ...usual, clipboardData: files }));
                return;
            }
            for (const kind of ["dragover", "drop"]) {
                window.dispatchEvent(new DragEvent(kind, { ...usual, dataTransfer: files }));
            }
        },
        [how, name, mimeType, [...buffer]],
    );
}

here.test("files are picked, pasted and dropped, and go with the question", async (window) => {
    const { page } = window;
    await pick(window, [text("shopping.txt"), text("wrong.txt")]);
    await hand(window, "paste", picture("pasted.png"));
    await hand(window, "drop", picture("dropped.png"));
    await window.button("Remove wrong.txt").click();
    await page.getByRole("progressbar").first().waitFor({ state: "detached" });
    assert.deepEqual(await attached(window).allInnerTexts().then(names), [
        "shopping.txt",
        "pasted.png",
        "dropped.png",
    ]);
    // What is attached and not yet sent outlives a reload, as the draft does.
    await window.composer.fill("What is on my list?");
    await page.reload();
    await window.holds(window.composer, "What is on my list?");
    assert.equal(await attached(window).count(), 3);
    await window.composer.press("Enter");

    const question = window.questions.filter({ hasText: "What is on my list?" });
    await question.getByRole("button", { name: "Show pasted.png large" }).waitFor();
    assert.equal(await attached(window).count(), 3, "they are with the question, and no longer to be sent");
    await window.text("This model cannot see pictures: it knows of pasted.png only the name.").waitFor();
    await window.answered();

    await question.getByRole("button", { name: "Show dropped.png large" }).click();
    const large = page.getByRole("dialog", { name: "dropped.png" }).getByRole("img");
    assert.equal(await large.evaluate((image) => image.naturalWidth), 1);
    await page.keyboard.press("Escape");
    const saved = page.waitForEvent("download");
    await question.getByRole("button", { name: "Save shopping.txt" }).click();
    assert.equal(await readFile(await (await saved).path(), "utf8"), "Bread\nMilk\n");

    await page.reload();
    await question.getByRole("button", { name: "Show dropped.png large" }).waitFor();
});

/** A chip says the name, and below it the size. */
const names = (texts) => texts.map((one) => one.split("\n")[0]);

here.test("attachments alone are a question; changed, it keeps them", async (window) => {
    await pick(window, text("note.txt", "The door code is Zebulon.\n"));
    await window.button("Send").click();
    await window.questions.getByRole("button", { name: "Save note.txt" }).waitFor();
    await window.answered();
    await window.button("Edit and send again").click();
    const field = window.page.getByRole("textbox", { name: "Edit and send again" });
    await field.fill("What is the door code?");
    await field.press("Enter");
    await window.questions.filter({ hasText: "What is the door code?" }).waitFor();
    await window.questions.getByRole("button", { name: "Save note.txt" }).waitFor();
    await window.answered();
});

here.test(
    "what is neither picture nor text is refused in words, and the rest goes",
    async (window) => {
        await pick(window, [
            { name: "program.bin", mimeType: "application/octet-stream", buffer: Buffer.from([0, 1, 2, 3]) },
            { name: "no-picture.png", mimeType: "image/png", buffer: Buffer.from("<html></html>") },
            { name: "huge.txt", mimeType: "text/plain", buffer: Buffer.alloc(21 * 1024 * 1024, 97) },
            { name: "empty.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) },
            text("good.txt"),
        ]);
        const refused = window.page.getByRole("alert").filter({ hasText: "program.bin" });
        for (const why of [
            "That is neither a picture nor a text.",
            "That is no picture, though it is called one.",
            "This file is too large.",
            "There is nothing in that file.",
        ]) {
            await refused.getByText(why, { exact: false }).waitFor();
        }
        await window.send("What is in it?");
        const kept = window.questions.getByRole("button", { name: /^Save/ });
        assert.deepEqual(await kept.allInnerTexts().then(names), ["good.txt"]);
        await window.answered();
    },
    { expected: [/415/, /400/, /413/] },
);

here.test("names and contents that look like a page are shown and never run", async (window) => {
    const evil = "<img src=x onerror='window.broken=1'>";
    await pick(window, [
        text(`${evil}.txt`, evil),
        text("page.html", "<script>window.broken = 1</script>"),
        text("picture.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="window.broken=1"></svg>`),
    ]);
    await window.send(evil);
    await window.questions.getByRole("button", { name: "Save page.html" }).waitFor();
    await window.answered();
    assert.equal(await window.page.evaluate(() => window.broken), undefined);
    assert.equal(await window.page.locator("#root img[src=x], #root svg[onload], #root script").count(), 0);
});
