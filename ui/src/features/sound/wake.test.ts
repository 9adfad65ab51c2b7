import { expect, it } from "vitest";

import { adviceFor, advisedThreshold } from "./wake";

it.each([
  ["too early to say", [0.9, 0.9], 0.5, false, null],
  ["heard well", [0.8, 0.75, 0.95], 0.5, false, "good"],
  ["heard barely", [0.9, 0.55, 0.9], 0.5, false, "moreSensitive"],
  ["not heard often enough", [0.9], 0.5, true, "moreSensitive"],
  ["never heard", [], 0.5, true, "moreSensitive"],
  ["heard so well that a low threshold is not needed", [0.95, 0.92, 0.99], 0.3, false, "lessSensitive"],
  ["heard so well at the usual threshold", [0.95, 0.92, 0.99], 0.5, true, "good"],
] as const)("%s", (_, hits, threshold, over, advice) =>
  expect(adviceFor([...hits], threshold, 3, over)).toBe(advice),
);

it("asks more of a hit that was looked at again than a low threshold does", () => {
  expect(adviceFor([0.99, 0.52, 0.9], 0.3, 3, false, 0.5)).toBe("moreSensitive");
  expect(adviceFor([0.99, 0.7, 0.9], 0.3, 3, false, 0.5)).toBe("good");
});

it.each([
  ["moreSensitive", 0.5, true, 0.4],
  ["lessSensitive", 0.3, true, 0.4],
  ["moreSensitive", 0.35, true, 0.3],
  ["moreSensitive", 0.1, true, 0.1],
  ["moreSensitive", 0.1, false, 0.05],
  ["lessSensitive", 0.95, false, 0.99],
] as const)("%s at %d, looked at again %s, leads to %d", (advice, threshold, lookedAt, next) =>
  expect(advisedThreshold(advice, threshold, lookedAt)).toBe(next),
);
