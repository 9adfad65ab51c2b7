/** A piece of text, and whether it is one of the words that were looked for. */
export type Piece = readonly [text: string, found: boolean];

/** Shorter words stand in every text. */
const SHORTEST = 3;
/** So much of a text is shown, and so much of it before the first word that was found. */
const LENGTH = 320;
const BEFORE = 60;

/** The part of a text where the words of a search stand, in pieces; its beginning where they do not. */
export function excerptOf(text: string, search: string): Piece[] {
  const flat = text.replace(/\s+/g, " ").trim();
  const words = search.match(/[\p{L}\p{N}]+/gu)?.filter((word) => word.length >= SHORTEST) ?? [];
  if (words.length === 0) return [[cut(flat, 0), false]];
  const any = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join("|")})`, "giu");
  const first = flat.search(any);
  const pieces: Piece[] = [];
  const shown = cut(flat, first > LENGTH / 2 ? first - BEFORE : 0);
  let at = 0;
  for (const { index, 0: word } of shown.matchAll(any)) {
    if (index > at) pieces.push([shown.slice(at, index), false]);
    pieces.push([word, true]);
    at = index + word.length;
  }
  return at < shown.length ? [...pieces, [shown.slice(at), false]] : pieces;
}

/** From a word's beginning on. */
function cut(text: string, from: number): string {
  const start = from === 0 ? 0 : text.indexOf(" ", from) + 1;
  const end = start + LENGTH;
  return `${start > 0 ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
}
