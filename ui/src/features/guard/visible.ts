/**
 * Signs that are not seen, or that turn the direction of what follows: a name with them in it can look like another one.
 * Line ends and tabs are let be.
 */
const HIDDEN = /[\p{Cf}\p{Cc}\p{Co}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu;

/** A text from outside with everything in it to be seen, for a person who decides by it. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (sign) => {
    if (sign === "\n" || sign === "\t") return sign;
    const code = (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `⟨U+${code}⟩`;
  });
}
