import { expect, it } from "vitest";

import { barsOf, quantile, roundUp } from "./bars";

const none = {
  wake_ms: null,
  end_of_speech_ms: null,
  transcript_ms: null,
  first_token_ms: null,
  first_audio_ms: null,
  done_ms: null,
};

it.each([
  [
    "spoken",
    { ...none, end_of_speech_ms: 1000, transcript_ms: 1200, first_token_ms: 1500, first_audio_ms: 1600 },
    [200, 300, 100],
  ],
  ["typed", { ...none, transcript_ms: 0, first_token_ms: 400, done_ms: 900 }, [0, 400, 0]],
  [
    "answered without a token",
    { ...none, end_of_speech_ms: 1000, transcript_ms: 1200, first_audio_ms: 1300 },
    [200, 0, 100],
  ],
])("takes a %s turn apart", (_, timings, parts) => {
  const [bar] = barsOf([{ at: "", spoken: true, timings }]);
  expect(bar && Object.values(bar.parts)).toEqual(parts);
});

it("leaves out a turn without an answer", () =>
  expect(barsOf([{ at: "", spoken: true, timings: none }])).toEqual([]));

it("rounds up to 1, 2 or 5", () =>
  expect([0, 1, 130, 200, 201, 999].map(roundUp)).toEqual([1, 1, 200, 200, 500, 1000]));

it("finds quantiles", () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([], 0.5)).toBeNull();
});
