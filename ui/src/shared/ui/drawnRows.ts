import { defaultRangeExtractor, type Range } from "@tanstack/react-virtual";

/** Which rows of a list are drawn: those in sight, and those that are kept though they are not. */
export function drawnRows(range: Range, kept: number[]): number[] {
  return [...new Set([...defaultRangeExtractor(range), ...kept])].sort((a, b) => a - b);
}
