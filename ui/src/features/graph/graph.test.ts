import { expect, it } from "vitest";

import type { GraphNode, Relation } from "@/backend";

import { colouringOf, MARKS } from "./colouring";
import { graphOf, litAround, litBy } from "./graph";

function node(id: string, more: Partial<GraphNode> = {}): GraphNode {
  return { id, name: id, kind: "person", degree: 1, community: 0, ...more };
}

const edge = (subject: string, object: string, holds = true) => ({
  subject,
  relation: "knows",
  object,
  holds,
});

const graph = graphOf({
  entities: [node("a", { kind: "self" }), node("b"), node("c"), node("d")],
  relations: [
    edge("a", "b", false),
    edge("b", "a"),
    edge("b", "c", false),
    edge("c", "c"),
    edge("c", "gone"),
  ],
  total: 4,
});

it("has one link for two entities, which holds where any of their relations does", () => {
  expect([...graph.links]).toEqual([0, 1, 1, 2]);
  expect([...graph.holds]).toEqual([1, 0]);
  expect(graph.neighbours).toEqual([[1], [0, 2], [1], []]);
});

it("lights an entity with its neighbours, and what relations name", () => {
  expect([...litAround(1, graph).nodes]).toEqual([1, 0, 2]);
  const relation = { subject: { id: "c" }, object: { id: "gone" } } as Relation;
  expect(litBy([relation], graph)).toEqual({ nodes: new Set([2]), links: [] });
});

it("colours by kind, with those in the legend that are there", () => {
  const { marks, legend } = colouringOf(graph, "kind");
  expect(legend.map(({ of }) => of)).toEqual(["self", "person"]);
  expect([...marks].map((mark) => MARKS[mark])).toEqual(["--accent", "--mark-1", "--mark-1", "--mark-1"]);
});

it("names a group for its best connected, and takes small ones together", () => {
  const entities = [
    ...[1, 5, 2].map((degree, at) => node(`x${at}`, { degree, community: 7 })),
    node("alone", { community: 9 }),
  ];
  const { marks, legend } = colouringOf(graphOf({ entities, relations: [], total: 4 }), "community");
  expect(legend.map(({ of }) => (of && typeof of === "object" ? of.id : of))).toEqual(["x1", null]);
  expect([...marks]).toEqual([2, 2, 2, 0]);
});
