// Takes a picture of every page, in both themes and at the width of a phone, from a server that runs.
//
//   node dev/server.mjs --dist &  node dev/pictures.mjs [ADDRESS]   (CHROMIUM names the browser)
import { mkdir } from "node:fs/promises";

import { chromium } from "playwright-core";

const address = process.argv[2] ?? "http://127.0.0.1:4180/";
const folder = new URL("../pictures/", import.meta.url).pathname;
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
});
await mkdir(folder, { recursive: true });

const SIZES = { wide: { width: 1240, height: 820 }, phone: { width: 380, height: 780 } };

for (const theme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(SIZES)) {
        const context = await browser.newContext({ viewport, colorScheme: theme, locale: "en" });
        const page = await context.newPage();
        page.on("console", (message) => {
            if (message.type() === "error" || message.type() === "warning")
                console.log(size, theme, message.text());
        });
        page.on("pageerror", (error) => console.log(size, theme, error.message));
        const shoot = (name) => page.screenshot({ path: `${folder}${name}-${size}-${theme}.png` });
        const visit = async (path) => {
            await page.goto(`${address}#${path}`);
            await page.waitForLoadState("domcontentloaded");
            await page.waitForTimeout(900);
        };
        await visit("/");
        await shoot("welcome");
        await page.getByLabel("Message to Jarvis").fill("Show me what you can do");
        await page.keyboard.press("Enter");
        await page.waitForTimeout(2_200);
        await shoot("writing");
        await page.getByRole("button", { name: "Answer again" }).waitFor({ timeout: 30_000 });
        await page.waitForTimeout(500);
        await shoot("chat");
        for (const path of ["settings", "models", "health"]) {
            await visit(`/${path}`);
            await shoot(path);
        }
        if (size === "phone") {
            await page.getByRole("button", { name: "Open the conversations" }).click();
            await page.waitForTimeout(400);
            await shoot("drawer");
        }
        await context.close();
    }
}
await browser.close();
