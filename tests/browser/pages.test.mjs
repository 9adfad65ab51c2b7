// The pages beside the chat: settings that hold, the models that are there, what runs.
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";

import { Jarvis } from "./jarvis.mjs";
import { stage } from "./window.mjs";

const here = stage();

async function restart() {
    const { port } = here.jarvis;
    await here.jarvis.end("SIGINT");
    here.jarvis = await Jarvis.start(here.home, { port });
}

here.test(
    "settings hold at once, are kept when the server is started again, and can be taken back",
    async (window) => {
        await window.visit("Settings");
        const speed = window.page.getByRole("textbox", { name: "Speed", exact: true });
        await speed.fill("1.25");
        await speed.press("Enter");
        await window.button("Take the default for Speed").waitFor();
        const partials = window.page.getByRole("switch", { name: "Show partial text" });
        await partials.click();
        await window.button("Take the default for Show partial text").waitFor();
        const engine = window.page.getByRole("region", { name: "Speech detection" }).getByRole("combobox");
        await engine.selectOption("webrtc");
        await window.button("Take the default for Engine").waitFor();
        assert.match(here.home.config(), /speed = 1\.25/);

        await restart();
        await window.page.reload();
        await window.holds(speed, "1.25");
        await window.holds(engine, "webrtc");
        assert.equal(await partials.getAttribute("aria-checked"), "false");

        // What cannot be is refused with a reason, and the old value stands.
        await speed.fill("9");
        await speed.press("Enter");
        await window.page
            .getByRole("region", { name: "Notices" })
            .getByText(/tts\.speed|speed/i)
            .first()
            .waitFor();
        await window.holds(speed, "1.25");
        for (const name of ["Speed", "Show partial text", "Engine"]) {
            await window.button(`Take the default for ${name}`).click();
            await window.button(`Take the default for ${name}`).waitFor({ state: "detached" });
        }
        await window.holds(speed, "1");
        assert.doesNotMatch(here.home.config(), /^speed = 1\.25/m);
    },
    // The value that is refused, and the moment in which no server is there.
    { expected: [/422/, /ERR_CONNECTION_(REFUSED|RESET)/, /ERR_INCOMPLETE_CHUNKED_ENCODING/] },
);

here.test("settings are searched, and the window speaks another language", async (window) => {
    await window.visit("Settings");
    const search = window.page.getByRole("searchbox", { name: "Search settings" });
    await search.fill("wake threshold");
    await window.page.getByRole("textbox", { name: "Speed", exact: true }).waitFor({ state: "detached" });
    await window.page.getByRole("textbox", { name: "Threshold" }).waitFor();
    await search.fill("");
    await window.page.getByRole("radio", { name: "Deutsch" }).click();
    await window.page.getByRole("heading", { name: "Einstellungen" }).waitFor();
    await window.page.reload();
    await window.page.getByRole("heading", { name: "Einstellungen" }).waitFor();
    assert.equal(await window.page.evaluate(() => document.documentElement.lang), "de");
});

here.test("a model is checked, found damaged, and removed", async (window) => {
    const model = window.page.getByRole("article", { name: "Silero VAD 6.2" });
    await window.visit("Models");
    await model.getByText("Installed").waitFor();
    await model.getByText("MIT").waitFor();
    await model.getByText("2.3 MB").waitFor();
    await window.button("Check Silero VAD 6.2").click();
    await window.text("Silero VAD 6.2 is whole.").waitFor();

    appendFileSync(join(here.home.path, "data/models/silero-vad/silero_vad.onnx"), "rot");
    await window.button("Check Silero VAD 6.2").click();
    await window
        .text("Silero VAD 6.2 is damaged.")
        .or(window.text(/silero-vad.*(damaged|checksum)/i))
        .first()
        .waitFor();
    await window.button("Remove Silero VAD 6.2").click();
    const asked = window.page.getByRole("alertdialog", { name: "Remove Silero VAD 6.2?" });
    await asked.getByRole("button", { name: "Cancel" }).click();
    await asked.waitFor({ state: "detached" });
    await window.button("Remove Silero VAD 6.2").click();
    await asked.getByRole("button", { name: "Remove", exact: true }).click();
    await window.button("Get Silero VAD 6.2").waitFor();
    await window.page.reload();
    await window.button("Get Silero VAD 6.2").waitFor();
});

here.test(
    "health says what runs and what does not, with the remedy, and how quick answers were",
    async (window) => {
        const { id } = await here.jarvis.ask("POST", "/conversations", {});
        await here.jarvis.ask("POST", `/conversations/${id}/messages`, { content: "What is 2 plus 2?" });
        await window.visit("Health");
        await window.page.getByRole("heading", { name: "speech recognition" }).waitFor();
        await window.page.getByRole("img", { name: "Works", exact: true }).first().waitFor();
        // The model that was removed above.
        await window.page.getByRole("img", { name: "Does not work" }).first().waitFor();
        await window
            .text(/jarvis models pull/)
            .first()
            .waitFor();
        await window.page.getByRole("img", { name: /^1 turns: half within/ }).waitFor();
        await window.button("Check again").click();
        await window.button("Check again").waitFor();
    },
);
