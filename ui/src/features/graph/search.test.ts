import { expect, it } from "vitest";

import type { GraphNode } from "@/backend";

import { findByName, searchNames } from "./search";

const names = ["Anna", "Annabel Roß", "Hanna", "Mary Ann", "Élodie", "Siemens (Berlin)", "C++"];
const nodes = names.map((name, at): GraphNode => ({
  id: name,
  name,
  kind: "person",
  degree: at,
  community: 0,
}));
const find = (text: string, most = 10) =>
  findByName(
    searchNames(nodes, ({ name }) => name),
    text,
    most,
  ).map(({ name }) => name);

it.each([
  ["anna", ["Anna", "Annabel Roß", "Hanna"]],
  ["ann", ["Annabel Roß", "Anna", "Mary Ann", "Hanna"]],
  ["ELODIE", ["Élodie"]],
  ["ross", ["Annabel Roß"]],
  ["berl", ["Siemens (Berlin)"]],
  ["c++", ["C++"]],
  ["  ", []],
  ["nobody", []],
])("finds for %j %j", (text, found) => expect(find(text)).toEqual(found));

it("gives a few of many", () => expect(find("n", 2)).toHaveLength(2));
