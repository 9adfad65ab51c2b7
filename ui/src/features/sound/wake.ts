/** What a test of the wake word says about the sensitivity. */
export type Advice = "good" | "moreSensitive" | "lessSensitive";

/** A hit this near to the threshold is missed as often as not. */
const BARELY = 0.08;
/** Where every hit is this sure, a threshold below the usual one only lets mistakes in. */
const SURE = 0.9;
const USUAL = 0.5;
const STEP = 0.1;
/** The least that the setting allows. */
const LEAST = 0.05;
/** Below this the second look, which begins at a fifth of it, is kept busy by all that is heard. */
const LEAST_LOOKED_AT = 0.3;

/**
 * Judges a test: `hits` say how sure it was, 0 to 1, `limit` what a hit must reach: with the second look a half,
 * else the `threshold`. None while it is too early to say.
 */
export function adviceFor(
  hits: number[],
  threshold: number,
  goal: number,
  over: boolean,
  limit = threshold,
): Advice | null {
  if (hits.length < goal) return over ? "moreSensitive" : null;
  const least = Math.min(...hits);
  if (least < limit + BARELY) return "moreSensitive";
  return least >= SURE && threshold < USUAL ? "lessSensitive" : "good";
}

/** The threshold that follows an advice, within what the setting allows and what does good. Less of it is more sensitive. */
export function advisedThreshold(advice: Advice, threshold: number, lookedAt: boolean): number {
  const least = lookedAt ? LEAST_LOOKED_AT : LEAST;
  const next =
    advice === "moreSensitive"
      ? Math.min(threshold, Math.max(least, threshold - STEP))
      : Math.min(0.99, threshold + STEP);
  return Math.round(next * 100) / 100;
}
