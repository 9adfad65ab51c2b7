import { expect, it } from "vitest";

import { excerptOf } from "./excerpt";

const found = (text: string, search: string) =>
  excerptOf(text, search).flatMap(([piece, is]) => (is ? [piece] : []));
const whole = (text: string, search: string) =>
  excerptOf(text, search)
    .map(([piece]) => piece)
    .join("");

it.each([
  ["The boiler's pressure", "BOILER of", ["boiler"]],
  ["Keys and keyholes, no monkeys", "key", ["Key", "key"]],
  ["Über die Heizung", "über", ["Über"]],
  ["nothing here", "a+b (c", []],
])("finds in %j what %j asks for", (text, search, words) => expect(found(text, search)).toEqual(words));

it("begins shortly before what was found", () => {
  const text = `${"so it goes ".repeat(60)}the boiler${" and on".repeat(80)}`;
  expect(whole(text, "boiler").length).toBeLessThan(340);
  expect(whole(text, "boiler")).toMatch(/^… .*boiler.* …$/);
  expect(whole("a\n\n b", "boiler")).toBe("a b");
});
