// Conversations that were never held, for what a model cannot be asked for: believable ones, hostile ones, a very long one.

const MINUTE = 60_000;

/** A question and its answer; `more` says how the answer came about. */
export function exchange(at, question, answer, { spoken = false, ...more } = {}) {
    const time = (ms) => new Date(at.getTime() + ms).toISOString();
    return [
        { role: "user", content: question, at: time(0), spoken },
        { role: "assistant", content: answer, at: time(1), spoken, ...more },
    ];
}

/** Milliseconds after which the stages of an answer were reached. */
export function timings(stages) {
    const none = { wake_ms: null, end_of_speech_ms: null, transcript_ms: null, first_token_ms: null };
    return { ...none, first_audio_ms: null, done_ms: null, ...stages };
}

/** So many messages, of different lengths, as people's are; every tenth answer holds code. */
export function longConversation(messages, title) {
    const began = Date.parse("2026-03-02T08:00:00Z");
    const turns = Array.from({ length: messages / 2 }, (_, index) => {
        const n = index + 1;
        const text = `${"It depends on the weather, on the day and on the people who come. ".repeat(1 + ((n * 7) % 9))}`;
        const code = n % 10 === 0 ? `\n\n\`\`\`rust\nfn answer() -> u32 {\n    ${n}\n}\n\`\`\`` : "";
        const list = n % 4 === 0 ? "\n\n- first *this*\n- then **that**" : "";
        return exchange(new Date(began + n * MINUTE), `Question ${n}`, `Answer ${n}. ${text}${list}${code}`);
    });
    return { title, messages: turns.flat() };
}

const script = "window.broken = 1; alert(1)";

/** What must be shown as it is, and never be run. */
export const HOSTILE = [
    `<script>${script}</script>`,
    `<img src=x onerror="${script}">`,
    `<svg onload="${script}"><a href="javascript:${script}">x</a></svg>`,
    `<iframe srcdoc="<script>parent.${script}</script>"></iframe>`,
    `[a link](javascript:${encodeURIComponent(script)})`,
    `![a picture](https://stranger.example/spy.png)`,
    `[a page](data:text/html,<script>${encodeURIComponent(script)}</script>)`,
    `<style>*{display:none}</style><base href="https://stranger.example/">`,
    `$\\href{javascript:${script}}{x}$ and $\\includegraphics{https://stranger.example/spy.png}$`,
    `"><script>${script}</script>`,
];

export function hostileConversation() {
    const at = new Date("2026-03-02T09:00:00Z");
    const messages = HOSTILE.flatMap((text) =>
        exchange(at, text, `${text}\n\n\`\`\`html\n${text}\n\`\`\``, {
            tools: [{ tool: text, arguments: { text }, ok: true, result: text }],
        }),
    );
    return { title: HOSTILE[0], messages };
}

/** What stands in the pictures, at noon of a Wednesday; `NOON` is the clock of the window that shows it. */
export const NOON = new Date("2026-03-04T12:00:00Z");

function ago(hours, minutes = 0) {
    return new Date(NOON.getTime() - (hours * 60 + minutes) * MINUTE);
}

const spokenReflex = (reflex, after) => ({
    spoken: true,
    reflex,
    timings: timings({
        wake_ms: 0,
        end_of_speech_ms: 2100,
        transcript_ms: 2100 + after - 140,
        first_token_ms: 2100 + after - 139,
        first_audio_ms: 2100 + after,
        done_ms: 4200 + after,
    }),
});
const thought = (first, done, written) => ({
    timings: timings({ transcript_ms: 0, first_token_ms: first, done_ms: done }),
    usage: { prompt_tokens: 412, cached_tokens: 370, completion_tokens: written },
});
const spokenThought = (understood, first, sound) => ({
    spoken: true,
    timings: timings({
        wake_ms: 0,
        end_of_speech_ms: 2600,
        transcript_ms: 2600 + understood,
        first_token_ms: 2600 + first,
        first_audio_ms: 2600 + sound,
        done_ms: 9800,
    }),
    usage: { prompt_tokens: 431, cached_tokens: 388, completion_tokens: 74 },
});

const HEAT = `A heat pump moves heat instead of making it. A fluid **evaporates** outside, where it takes up heat even from cold air; a compressor then squeezes the vapour, which makes it hot; inside it **condenses** and gives that heat to your radiators.

How well it does is the *coefficient of performance*. Its upper limit depends only on the two temperatures, in kelvin:

$$\\mathrm{COP}_{\\max} = \\frac{T_{\\text{warm}}}{T_{\\text{warm}} - T_{\\text{cold}}}$$

| outside | water at 35 °C | water at 55 °C |
| --- | --- | --- |
| +7 °C | about 4.5 | about 2.9 |
| −7 °C | about 3.0 | about 2.1 |

So large radiators or floor heating, which do with lukewarm water, save the most.`;

const COMPUTE = `Here is the limit as a function; real machines reach about half of it.

\`\`\`rust
/// Upper limit of a heat pump's performance, for temperatures in degrees Celsius.
fn best_cop(warm: f64, cold: f64) -> Option<f64> {
    let lift = warm - cold;
    (lift > 0.0).then(|| (warm + 273.15) / lift)
}
\`\`\`

At 35 °C inside and −7 °C outside it gives 7.3.`;

export function believable() {
    return [
        {
            title: "Heat pumps",
            pinned: true,
            messages: [
                ...exchange(ago(0, 9), "How does a heat pump work, and how good can it get?", HEAT, {
                    ...spokenThought(210, 480, 690),
                }),
                ...exchange(
                    ago(0, 6),
                    "Write that limit as a function in Rust.",
                    COMPUTE,
                    thought(310, 5200, 121),
                ),
                ...exchange(
                    ago(0, 2),
                    "Remind me in twenty minutes to look at the boiler.",
                    "I set a timer for 20 minutes.",
                    spokenReflex("timer", 660),
                ),
            ],
        },
        {
            title: "Shopping for Friday",
            pinned: true,
            messages: exchange(
                ago(3),
                "What do I need for pancakes for six?",
                "- 500 g flour\n- 1 l milk\n- 6 eggs\n- a pinch of salt\n- butter for the pan",
                spokenThought(190, 520, 720),
            ),
        },
        ...[
            [ago(1), "What time is it in Tokyo?", "It is 8 p.m. in Tokyo.", spokenReflex("time", 640)],
            [
                ago(2),
                "A shell script that finds large files",
                "`du -ah . | sort -rh | head`",
                thought(280, 2100, 42),
            ],
            [ago(4), "What is fifteen percent of eighty?", "12.", spokenReflex("sum", 610)],
            [ago(23), "Trains to Basel on Saturday", "I cannot look that up here.", thought(340, 1900, 31)],
            [ago(26), "Translate the landlord's letter", "Here it is in English.", thought(420, 7400, 210)],
            [ago(29), "Set a timer for the tea", "I set a timer for 4 minutes.", spokenReflex("timer", 680)],
            [ago(70), "Why is the sky blue?", "Short waves scatter more.", spokenThought(230, 530, 760)],
            [ago(96), "A rainy weekend with children", "A museum, then soup.", thought(300, 4100, 96)],
            [ago(120), "Names for a sailing boat", "Halcyon, Petrel, Wren.", spokenThought(205, 495, 705)],
            [ago(300), "Explain the new tax form", "Which one do you have?", thought(350, 3000, 58)],
            [ago(400), "Sourdough that does not rise", "How warm is it there?", spokenThought(220, 560, 790)],
        ].map(([at, question, answer, more]) => ({
            title: null,
            messages: exchange(at, question, answer, more),
        })),
    ].sort((a, b) => a.messages[0].at.localeCompare(b.messages[0].at));
}
