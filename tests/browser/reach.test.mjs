// For everybody: without a mouse, with a screen reader, in the dark, on a phone.
import assert from "node:assert/strict";

import axe from "axe-core";

import { believable, exchange, timings } from "./conversations.mjs";
import { person, stage } from "./window.mjs";

const tools = [{ tool: "clock", arguments: { zone: "Asia/Tokyo" }, ok: true, result: "8 p.m." }];
const wide = {
    title: "Too wide for a phone",
    messages: exchange(
        new Date("2026-03-02T08:00:00Z"),
        `${"long".repeat(60)} and https://example.org/${"path/".repeat(40)}`,
        `| a | b | c | d | e | f | g |\n|---|---|---|---|---|---|---|\n| ${"cell ".repeat(9)} | | | | | | ${"wide".repeat(30)} |\n\n` +
            `\`\`\`text\n${"x".repeat(400)}\n\`\`\`\n\n$$${"a + ".repeat(80)} b$$\n\n${"word".repeat(100)}\n\n1. one\n   - two`,
        { tools, timings: timings({ transcript_ms: 0, first_token_ms: 300, done_ms: 1900 }) },
    ),
};
const here = stage({ conversations: [...believable(), wide], settings: { HOME: person() } });

/** Every page; each brings itself into the state that is looked at. */
const PAGES = {
    Welcome: async (window) => window.composer.waitFor(),
    Chat: async (window) => {
        await window.link("Too wide for a phone").click();
        await window.page.locator(".katex").first().waitFor();
        await window.page.getByText("clock").click();
    },
    "Heat pumps": async (window) => {
        await window.link("Heat pumps").click();
        await window.page.locator(".hljs-keyword").first().waitFor();
    },
    "Menu of a conversation": async (window) => {
        await window.button("More for “Heat pumps”").focus();
        await window.page.keyboard.press("Enter");
        await window.page.getByRole("menuitem", { name: "Rename" }).waitFor();
    },
    Shortcuts: async (window) => {
        await window.page.keyboard.press("Control+/");
        await window.page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    },
    Memory: async (window) => {
        await window.visit("Memory");
        await window.page.getByRole("article", { name: "The spare key is with Mrs Novak." }).waitFor();
    },
    "Search in the memory": async (window) => {
        const search = window.page.getByRole("searchbox", { name: "Search everything told, said and read" });
        await search.fill("heat pump");
        await window.page.getByRole("region", { name: "What was found" }).waitFor();
    },
    Forgetting: async (window) => {
        await window.button("Forget about …").click();
        const words = window.page.getByRole("textbox", { name: "What to forget about" });
        await words.fill("key");
        await words.press("Enter");
        await window.button("Forget all of this").waitFor();
    },
    Connections: async (window) => {
        await window.visit("Connections");
        await window.page.getByRole("combobox", { name: "Find by name" }).fill("Anna");
        await window.page.getByRole("option", { name: /^Anna/ }).click();
        await window.page.getByRole("region", { name: "Anna" }).waitFor();
    },
    "List of the connections": async (window) => {
        await window.page.getByRole("radio", { name: "List" }).click();
        await window.page.getByRole("region", { name: "Everyone and everything" }).waitFor();
    },
    Documents: async (window) => window.visit("Documents"),
    Document: async (window) => {
        await window.page.getByRole("link", { name: "tea.txt" }).click();
        await window.page.getByRole("article", { name: "Passage 1" }).waitFor();
    },
    Tools: async (window) => {
        await window.visit("Tools");
        await window.page.getByRole("region", { name: "Rules", exact: true }).waitFor();
        await window.page.getByRole("article").first().locator("summary").click();
    },
    "What would happen": async (window) => {
        const form = window.page.getByRole("region", { name: "What would happen?" });
        await form.getByRole("combobox", { name: "Tool" }).selectOption("system_info");
        await form.getByRole("button", { name: "Look" }).click();
        await form.getByText(/^By the rule /).waitFor();
    },
    "Audit log": async (window) => {
        await window.visit("Audit log");
        await window.button("Check the log").click();
        await window.text(/^The log is whole/).waitFor();
    },
    "A question": async (window) => {
        // Refused with Escape, after it was looked at.
        const given = { path: "~/.jarvis-asks", text: "x", mode: "create" };
        here.jarvis.ask("POST", "/tools/write_file/call", { arguments: given }).catch(() => undefined);
        await window.page.getByRole("alertdialog", { name: "May I do this?" }).waitFor();
        await window.page.locator("button:enabled", { hasText: "Yes, this once" }).waitFor();
    },
    "Ask about my screen": async (window) => {
        // Where there is no screen, the page says so.
        window.expected = [/\/api\/screen/];
        await window.page.evaluate(() => (location.hash = "#/screen"));
        await window.page.getByRole("heading", { name: "Ask about my screen", level: 1 }).waitFor();
        await window.settled();
    },
    Settings: async (window) => window.visit("Settings"),
    Models: async (window) => window.visit("Models"),
    Health: async (window) => window.visit("Health"),
    "First steps": async (window) => {
        await window.page.evaluate(() => (location.hash = "#/welcome"));
        await window.page.getByRole("heading", { name: "Welcome. This is what I found" }).waitFor();
    },
    Token: async (window) => {
        window.expected = [/401/];
        await window.page.evaluate(() => sessionStorage.clear());
        await window.page.reload();
        await window.page.getByRole("heading", { name: "This window needs the token" }).waitFor();
    },
};

for (const colorScheme of ["light", "dark"]) {
    here.test(
        `every page can be read by everybody, ${colorScheme}`,
        async (window) => {
            const found = [];
            await here.jarvis.ask("POST", "/memory/facts", { text: "The spare key is with Mrs Novak." });
            await here.jarvis.ask("POST", "/memory/facts", { text: "Anna works at Siemens." });
            await window.visit("Documents");
            const tea = { name: "tea.txt", mimeType: "text/plain", buffer: Buffer.from("Three minutes.") };
            await window.page.getByTestId("document-picker").setInputFiles(tea);
            await window.page.getByRole("article", { name: "tea.txt" }).waitFor();
            await window.button("New chat").click();
            for (const [name, show] of Object.entries(PAGES)) {
                await show(window);
                found.push(...(await faults(window)).map((fault) => `${name}: ${fault}`));
                await window.page.keyboard.press("Escape");
            }
            assert.deepEqual(found, []);
        },
        { colorScheme },
    );
}

/** What axe finds serious or critical, once nothing moves. */
async function faults({ page }) {
    await page.evaluate(() =>
        Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null))),
    );
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() =>
        window.axe.run(document, { resultTypes: ["violations"] }),
    );
    return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .flatMap(({ id, nodes }) =>
            nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary}`),
        );
}

here.test("the theme follows the desktop, and the person's choice goes before it", async (window) => {
    const { page } = window;
    const looks = (dark) =>
        page.waitForFunction((wanted) => {
            const canvas = document.createElement("canvas").getContext("2d");
            canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
            canvas.fillRect(0, 0, 1, 1);
            const [red] = canvas.getImageData(0, 0, 1, 1).data;
            return wanted ? red < 80 : red > 200;
        }, dark);
    await looks(false);
    await page.emulateMedia({ colorScheme: "dark" });
    await looks(true);
    await window.visit("Settings");
    await page.getByRole("radio", { name: "Light" }).click();
    await looks(false);
    await page.reload();
    await window.settled();
    await looks(false);
});

here.test(
    "on a phone every page fits, and the conversations are behind a button",
    async (window) => {
        const { page } = window;
        const drawer = page.getByRole("dialog", { name: "Conversations" });
        const fits = async (what) => {
            const wider = await page.evaluate(() =>
                [...document.querySelectorAll("html, body, main, main > div, [role=log], [role=dialog]")]
                    .filter((one) => one.scrollWidth > one.clientWidth + 1)
                    .map((one) => `${one.tagName} ${one.scrollWidth} > ${one.clientWidth}`),
            );
            assert.deepEqual(wider, [], what);
        };
        const open = async () => {
            await window.button("Open the conversations").click();
            await drawer.waitFor();
        };
        await window.composer.waitFor();
        await fits("welcome");
        await open();
        await fits("drawer");
        await drawer.getByRole("link", { name: "Too wide for a phone" }).click();
        await drawer.waitFor({ state: "detached" });
        await page.locator(".katex").first().waitFor();
        await fits("chat");
        for (const name of ["Tools", "Audit log", "Settings", "Models", "Health"]) {
            await open();
            await window.visit(name);
            await drawer.waitFor({ state: "detached" });
            await fits(name);
        }
        await open();
        await window.button("New chat").click();
        await window.send("What is 17 times 3?");
        await window.answers.filter({ hasText: "51" }).waitFor();
        await fits("answer");
    },
    { viewport: { width: 380, height: 780 }, hasTouch: true, isMobile: true },
);

here.test("everything is reached without a mouse", async (window) => {
    const { page } = window;
    const focused = () =>
        page.evaluate(() => {
            const one = document.activeElement;
            return one?.getAttribute("aria-label") ?? one?.textContent?.trim() ?? "";
        });
    /** Presses Tab until this has the focus; what has it is always visible. */
    const tabTo = async (name, key = "Tab") => {
        const passed = [];
        for (let press = 0; press < 120; press++) {
            await page.keyboard.press(key);
            const now = await focused();
            if (now === name) {
                const ring = await page.evaluate(() => {
                    const style = getComputedStyle(document.activeElement);
                    return document.activeElement.matches(":focus-visible") && style.outlineStyle !== "none";
                });
                return assert.ok(
                    ring ||
                        /^(INPUT|TEXTAREA)$/.test(await page.evaluate(() => document.activeElement.tagName)),
                    `${name} shows no focus`,
                );
            }
            passed.push(now);
        }
        assert.fail(`Tab never comes to ${name}; it passed ${passed.join(", ")}`);
    };
    await window.composer.waitFor();
    await page.keyboard.type("What is 17 times 3?");
    await page.keyboard.press("Enter");
    await window.answers.filter({ hasText: "51" }).waitFor();
    await window.answered();

    await tabTo("Edit and send again", "Shift+Tab");
    await page.keyboard.press("Enter");
    await window.page.getByRole("textbox", { name: "Edit and send again" }).waitFor();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("What is 6 times 7?");
    await page.keyboard.press("Enter");
    await window.answers.filter({ hasText: "42" }).waitFor();
    await window.answered();

    await tabTo("More for “What is 6 times 7?”");
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Pin" }).waitFor();
    await page.keyboard.type("Ren");
    await page.locator('[role="menuitem"]:focus', { hasText: "Rename" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Rename" }).waitFor();
    await page.keyboard.type("Sums");
    await page.keyboard.press("Enter");
    await window.link("Sums").waitFor();

    await page.keyboard.press("Control+k");
    await page.keyboard.type("Sums");
    await window.link("Heat pumps").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await window.link("Heat pumps").waitFor();

    await page.keyboard.press("Control+/");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });

    await tabTo("Settings");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
    await window.settled();
    await tabTo("Show partial text");
    await page.keyboard.press("Space");
    await window.button("Take the default for Show partial text").waitFor();
    await tabTo("Take the default for Show partial text", "Shift+Tab");
    await page.keyboard.press("Enter");
    await window.button("Take the default for Show partial text").waitFor({ state: "detached" });
    await page.keyboard.press("Control+n");
    await page.getByRole("heading", { name: "What can I do for you?" }).waitFor();
});
