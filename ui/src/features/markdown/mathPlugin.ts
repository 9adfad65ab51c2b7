import "katex/dist/katex.min.css";

import rehypeKatex from "rehype-katex";
import remarkMath from "remark-math";
import type { PluggableList } from "unified";

/** What a message with formulas needs besides. `trust` stays off: no links and no HTML out of formulas. */
export const remark: PluggableList = [[remarkMath, { singleDollarTextMath: false }]];
export const rehype: PluggableList = [
  [rehypeKatex, { throwOnError: false, strict: "ignore", trust: false, maxExpand: 200 }],
];
