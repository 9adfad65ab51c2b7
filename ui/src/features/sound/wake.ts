/** What a test of the wake word says about the sensitivity. */
export type Advice = "good" | "moreSensitive" | "lessSensitive";

/** A hit this near to the threshold is missed as often as not. */
const BARELY = 0.08;
/** Where every hit is this sure, a threshold below the usual one only lets mistakes in. */
const SURE = 0.9;
const USUAL = 0.5;
const STEP = 0.1;

/**
 * Judges a test: `hits` are the detector's scores, 0 to 1, `threshold` what a hit must reach. None while it is
 * too early to say.
 */
export function adviceFor(hits: number[], threshold: number, goal: number, over: boolean): Advice | null {
  if (hits.length < goal) return over ? "moreSensitive" : null;
  const least = Math.min(...hits);
  if (least < threshold + BARELY) return "moreSensitive";
  return least >= SURE && threshold < USUAL ? "lessSensitive" : "good";
}

/** The threshold that follows an advice, within what the setting allows. Less of it is more sensitive. */
export function advisedThreshold(advice: Advice, threshold: number): number {
  const next = advice === "moreSensitive" ? threshold - STEP : threshold + STEP;
  return Math.round(Math.min(0.99, Math.max(0.05, next)) * 100) / 100;
}
