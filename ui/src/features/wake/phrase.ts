/** As the program has it: the fewest letters and the most, and the most words. */
const FEWEST = 4;
const MOST = 40;
const WORDS = 4;

export type Flaw = "signs" | "short" | "long";

/** Why a phrase cannot be taught; none where it can, or nothing has been written yet. */
export function flawOf(phrase: string): Flaw | null {
  const words = phrase.split(/\s+/).filter(Boolean);
  if (words.length === 0) return null;
  if (!words.every((word) => /^[\p{Alphabetic}'’-]+$/u.test(word))) return "signs";
  const letters = phrase.match(/\p{Alphabetic}/gu)?.length ?? 0;
  if (letters < FEWEST) return "short";
  return letters > MOST || words.length > WORDS ? "long" : null;
}
