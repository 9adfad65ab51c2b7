import i18next from "i18next";
import { afterAll, expect, it } from "vitest";

import type { Named, Relation } from "@/backend";

import { textOf } from "./sentence";

afterAll(() => i18next.changeLanguage("en"));

const anna: Named = { id: "a", name: "Anna", kind: "person" };
const siemens: Named = { id: "s", name: "Siemens", kind: "organisation" };
const self: Named = { id: "i", name: "Max", kind: "self" };

function relation(subject: Named, word: string, object: Named): Relation {
  return { subject, relation: word, object, since: "", until: null, inferred: false, sources: [] };
}

it.each([
  ["en", relation(anna, "works_at", siemens), "Anna works at Siemens"],
  ["en", relation(self, "works_at", siemens), "You work at Siemens"],
  ["en", relation(anna, "sibling_of", self), "Anna is a sibling of you"],
  ["en", relation(anna, "piano_teacher_of", self), "Anna piano teacher of you"],
  ["de", relation(anna, "works_at", siemens), "Anna arbeitet bei Siemens"],
  ["de", relation(self, "knows", anna), "Du kennst Anna"],
  ["de", relation(anna, "knows", self), "Anna kennt dich"],
  ["de", relation(anna, "friend_of", self), "Anna ist befreundet mit dir"],
])("reads in %s", async (language, one, text) => {
  await i18next.changeLanguage(language);
  expect(textOf(one, i18next.t)).toBe(text);
});
