import "katex/dist/katex.min.css";

import type { Root } from "hast";
import rehypeKatex from "rehype-katex";
import remarkMath from "remark-math";
import type { PluggableList } from "unified";
import { visit } from "unist-util-visit";

/** What a message with formulas needs besides. `trust` stays off: no links and no HTML out of formulas. */
export const remark: PluggableList = [[remarkMath, { singleDollarTextMath: false }]];
export const rehype: PluggableList = [
  [rehypeKatex, { throwOnError: false, strict: "ignore", trust: false, maxExpand: 200 }],
  () => reachable,
];

/** Wide formulas scroll sideways, which the keyboard must reach too. */
function reachable(tree: Root): void {
  visit(tree, "element", ({ properties }) => {
    const { className } = properties;
    if (Array.isArray(className) && className.includes("katex-display")) properties.tabIndex = 0;
  });
}
