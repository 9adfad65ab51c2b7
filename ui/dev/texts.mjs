/** What the stand-in says to everything: one of each thing that a message can hold. */
export const ANSWER = `This text comes from the **stand-in for development**; it is the same for every question.

## Code

A function in Rust, with \`Option\` for what may be missing:

\`\`\`rust
/// The value that \`share\` of the values do not exceed.
fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let at = (share * values.len() as f64).ceil() as usize;
    values.get(at.saturating_sub(1)).copied() // 0.95 is the usual one
}
\`\`\`

## A table

| Stage | Goal | Seen |
|:--|--:|--:|
| Transcript | 300 ms | 210 ms |
| First token | 500 ms | 430 ms |
| First sound | 700 ms | 670 ms |

## Mathematics

The spread is \\(\\sigma = \\sqrt{\\operatorname{Var}(X)}\\), where $\\operatorname{Var}(X)$ is

\\[ \\operatorname{Var}(X) = \\frac{1}{n} \\sum_{i=1}^{n} (x_i - \\bar{x})^2 \\]

and two prices such as $5 and $10 stay prices.

1. A list with a [link](https://www.rust-lang.org/),
2. a quotation:

> Simple things should be simple.

- [x] done
- [ ] still open

<script>alert("never run")</script> is shown as text.`;

const pair = (question, answer, fields = {}) => [
    { role: "user", content: question, spoken: fields.reflex !== undefined },
    { role: "assistant", content: answer, ...fields },
];

/** Conversations to begin with, one of them long. */
export function history() {
    const long = Array.from({ length: 600 }, (_, index) =>
        pair(
            `Question ${index + 1}`,
            `Answer ${index + 1}. ${"It goes on a little. ".repeat(1 + (index % 7))}`,
        ),
    ).flat();
    const timings = {
        wake_ms: 0,
        end_of_speech_ms: 1_400,
        transcript_ms: 1_610,
        first_token_ms: 1_640,
        first_audio_ms: 2_070,
        done_ms: 3_900,
    };
    return [
        { title: "A first look", pinned: true, days: 0, messages: pair("What can a message hold?", ANSWER) },
        {
            title: "What time is it in Tokyo?",
            pinned: false,
            days: 0,
            messages: pair("What time is it in Tokyo?", "It is 9:41 in the evening in Tokyo.", {
                reflex: "time_elsewhere",
                timings,
            }),
        },
        { title: "Twelve hundred messages", pinned: false, days: 1, messages: long },
        {
            title: "A very long title that does not fit into the list at all and is cut",
            pinned: false,
            days: 4,
            messages: pair("Hello", "Hello."),
        },
        { title: "Older still", pinned: false, days: 40, messages: pair("Hello", "Hello.") },
    ];
}
