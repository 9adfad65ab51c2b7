/** Code, whole or still being written: nothing in it is mathematics. */
const CODE = /(```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|`[^`\n]*`)/;

/**
 * Language models write mathematics as `\(x\)`, `\[x\]`, `$x$` and `$$x$$`; the parser is asked for `$$` alone,
 * so that two prices in a sentence are not a formula. A single `$` counts under Pandoc's rule: no space
 * inside the dollars, no digit behind the second one.
 */
export function normaliseMath(text: string): string {
  if (!mayHoldMath(text)) return text;
  return text
    .split(CODE)
    .map((piece, index) => (index % 2 === 1 ? piece : normalisePiece(piece)))
    .join("");
}

export function mayHoldMath(text: string): boolean {
  return text.includes("$") || text.includes("\\(") || text.includes("\\[");
}

function normalisePiece(text: string): string {
  return text
    .replace(/\\\[([\s\S]+?)\\\]/g, (_, inner: string) => display(inner))
    .replace(/^[ \t]*\$\$([^\n$]+)\$\$[ \t]*$/gm, (_, inner: string) => display(inner))
    .replace(/\\\((.+?)\\\)/g, (_, inner: string) => inline(inner.trim()))
    .replace(/(?<![\\$\w])\$(?![\s$])([^$\n]*?[^\s\\$])\$(?![\d$\w])/g, (_, inner: string) => inline(inner));
}

function display(inner: string): string {
  return `\n\n$$\n${inner.trim()}\n$$\n\n`;
}

function inline(inner: string): string {
  return "$$" + inner + "$$";
}
