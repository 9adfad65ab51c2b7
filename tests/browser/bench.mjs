// What a person waits for in the window, in Chromium, over the real server: `make bench` prints these after Jarvis's own.
//
//   node bench.mjs [long] [token]
import assert from "node:assert/strict";

import { longConversation } from "./conversations.mjs";
import { Home, Jarvis } from "./jarvis.mjs";
import { launch, Window } from "./window.mjs";

const FRAME_MS = 1000 / 60;
const SCROLLED_FRAMES = 900;
const OPENED = 5;
const QUESTIONS = [
    "Why is the sky blue?",
    "Name three kinds of bread.",
    "What do bees eat?",
    "Who was Ada Lovelace?",
    "How is glass made?",
    "Why do cats purr?",
    "What is a tide?",
    "How do kites fly?",
];

const wanted = (part) => process.argv.length < 3 || process.argv.includes(part);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** A line as `jarvis bench` prints it. */
function line(what, figure, unit, { beside, goal } = {}) {
    const rival =
        beside === undefined
            ? ""
            : ` beside ${beside.toFixed(3)} ${unit}: ratio ${(figure / beside).toFixed(3)}`;
    const met = goal === undefined ? "" : `  (goal <= ${goal}: ${figure <= goal ? "met" : "MISSED"})`;
    console.log(`${what.padEnd(58)} ${figure.toFixed(3)} ${unit}${rival}${met}`);
}

const home = new Home();
let jarvis, browser;
try {
    const long = longConversation(10_000, "Ten thousand");
    home.put([long, { ...longConversation(20, "Twenty") }]);
    jarvis = await Jarvis.start(home, { settings: { JARVIS_LLM__MAX_TOKENS: "40" } });
    browser = await launch();
    if (wanted("long")) await measureLong();
    if (wanted("token")) await measureFirstToken();
} finally {
    await browser?.close();
    await jarvis?.end("SIGINT");
    home.remove();
}

async function measureLong() {
    const [ten, few] = [[], []];
    for (let time = 0; time < OPENED; time++) {
        few.push(await opened("Twenty", "Answer 10."));
        ten.push(await opened("Ten thousand", "Answer 5000."));
    }
    line("window: open 10,000 messages, beside 20; p50 of 5", median(ten), "ms", { beside: median(few) });

    const window = await Window.open(browser, jarvis.address);
    await window.link("Ten thousand").click();
    await window.text("Answer 5000.", { exact: false }).waitFor();
    const gaps = await window.page.evaluate(scrollUp, SCROLLED_FRAMES);
    await window.close();
    const dropped = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / FRAME_MS) - 1), 0);
    line(`window: frames dropped of ${gaps.length + dropped} while scrolling it`, dropped, "frames");
    line("window: longest gap between two of these frames", Math.max(...gaps), "ms");
}

/** From the click on a conversation to the frame that shows its last message, in a window that was just loaded. */
async function opened(title, last) {
    const window = await Window.open(browser, jarvis.address);
    await window.link(title).waitFor();
    const ms = await window.page.evaluate(
        ([name, text]) =>
            new Promise((resolve) => {
                const link = [...document.querySelectorAll("nav a")].find((one) => one.textContent === name);
                const begun = performance.now();
                const look = () => {
                    const there = [...document.querySelectorAll("article")].some((one) =>
                        one.textContent.includes(text),
                    );
                    requestAnimationFrame(there ? () => resolve(performance.now() - begun) : look);
                };
                link.click();
                look();
            }),
        [title, last],
    );
    await window.close();
    return ms;
}

/** Runs in the page: scrolls up as a finger would, a bit in every frame, and gives the times between frames. */
function scrollUp(frames) {
    return new Promise((resolve) => {
        const log = document.querySelector("[role=log]");
        const gaps = [];
        let before;
        const step = (now) => {
            if (before !== undefined) gaps.push(now - before);
            before = now;
            if (gaps.length === frames) return resolve(gaps);
            log.scrollBy(0, -60);
            requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
    });
}

async function measureFirstToken() {
    const window = await Window.open(browser, jarvis.address);
    const [more, shown, own] = [[], [], []];
    // The first one loads the model.
    for (const [index, question] of ["What is rain?", ...QUESTIONS].entries()) {
        await window.composer.fill(question);
        const first = window.page.evaluate(firstTokenShown, question);
        await window.composer.press("Enter");
        const after = await first;
        await window.answered();
        const id = new URL(window.page.url()).hash.split("/").at(-1);
        const { messages } = await jarvis.ask("GET", `/conversations/${id}/messages`);
        const { transcript_ms, first_token_ms } = messages.at(-1).timings;
        const token = first_token_ms - transcript_ms;
        assert.equal(messages.length, 2 * (index + 1));
        if (index === 0) continue;
        shown.push(after);
        own.push(token);
        more.push(after - token);
    }
    await window.close();
    const count = QUESTIONS.length;
    line(`window: sent to first token shown, p50 of ${count}`, median(shown), "ms", { beside: median(own) });
    line("window: of that more than the model's own first token, p50", median(more), "ms", { goal: 50 });
    line("window: the same, the most", Math.max(...more), "ms");
}

/** Runs in the page: from the next Enter to the frame that shows the beginning of the answer to what was asked. */
function firstTokenShown(asked) {
    return new Promise((resolve) => {
        let sent;
        addEventListener("keydown", () => (sent = performance.now()), { capture: true, once: true });
        const look = () => {
            const question = [...document.querySelectorAll('article[aria-label="You"]')].find((one) =>
                one.textContent.includes(asked),
            );
            const answer = [...document.querySelectorAll('article[aria-label="Jarvis"]')].at(-1);
            const behind = question && answer && question.compareDocumentPosition(answer) & 4;
            const text = answer?.querySelector(".prose, p:not([role])")?.textContent;
            if (sent !== undefined && behind && text) {
                return requestAnimationFrame(() => resolve(performance.now() - sent));
            }
            requestAnimationFrame(look);
        };
        look();
    });
}
