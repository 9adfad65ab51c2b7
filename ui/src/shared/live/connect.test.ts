import { expect, it } from "vitest";

import { levelOf } from "./connect";

it.each([
  [-90, 0],
  [-60, 0],
  [-36, 0.5],
  [-12, 1],
  [0, 1],
])("shows %d dBFS as %d", (dbfs, level) => expect(levelOf(dbfs)).toBe(level));
