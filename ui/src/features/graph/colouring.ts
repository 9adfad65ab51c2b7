import type { EntityKind, GraphNode } from "@/backend";

import type { Graph } from "./graph";

export type ColourBy = "kind" | "community";

/** The page's variables for colours. Places in this list are what `marks` holds. */
export const MARKS = [
  "--mark-rest",
  "--accent",
  "--mark-1",
  "--mark-2",
  "--mark-3",
  "--mark-4",
  "--mark-5",
  "--mark-6",
  "--mark-7",
  "--mark-8",
] as const;

export const KINDS = ["self", "person", "organisation", "place", "thing", "time"] as const;

const FIRST_COMMUNITY = 2;
const COMMUNITIES = MARKS.length - FIRST_COMMUNITY;
/** Fewer are no community that one would name. */
const FEWEST = 3;

export interface LegendEntry {
  mark: string;
  /** A kind, an entity round which others stand, or none for all others. */
  of: EntityKind | GraphNode | null;
}

export interface Colouring {
  /** Of each entity, the place of its colour in `MARKS`. */
  marks: Uint8Array;
  legend: LegendEntry[];
}

export function markOfKind(kind: EntityKind): number {
  return 1 + KINDS.indexOf(kind);
}

export function colouringOf(graph: Graph, by: ColourBy): Colouring {
  return by === "kind" ? byKind(graph) : byCommunity(graph);
}

function byKind({ nodes }: Graph): Colouring {
  const there = new Set(nodes.map(({ kind }) => kind));
  return {
    marks: Uint8Array.from(nodes, ({ kind }) => markOfKind(kind)),
    legend: KINDS.filter((kind) => there.has(kind)).map((kind) => ({
      mark: MARKS[markOfKind(kind)] ?? MARKS[0],
      of: kind,
    })),
  };
}

/** The largest communities have a colour each, and are named for their best connected entity. */
function byCommunity({ nodes }: Graph): Colouring {
  const members = groupsOf(nodes);
  const largest = [...members]
    .filter(([, group]) => group.length >= FEWEST)
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, COMMUNITIES);
  const marks = new Map(largest.map(([community], at) => [community, FIRST_COMMUNITY + at]));
  const legend: LegendEntry[] = largest.map(([community, group]) => ({
    mark: MARKS[marks.get(community) ?? 0] ?? MARKS[0],
    of: group.reduce((best, one) => (one.degree > best.degree ? one : best)),
  }));
  if (members.size > largest.length) legend.push({ mark: MARKS[0], of: null });
  return { marks: Uint8Array.from(nodes, ({ community }) => marks.get(community) ?? 0), legend };
}

function groupsOf(nodes: readonly GraphNode[]): Map<number, GraphNode[]> {
  const groups = new Map<number, GraphNode[]>();
  for (const node of nodes) {
    const known = groups.get(node.community);
    if (known) known.push(node);
    else groups.set(node.community, [node]);
  }
  return groups;
}
