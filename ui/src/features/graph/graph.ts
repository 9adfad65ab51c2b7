import type { GraphContents, GraphNode, Relation } from "@/backend";

/** The graph by the places of its entities, as drawing and laying out want it. */
export interface Graph {
  nodes: GraphNode[];
  /** How many entities there are in all, also those that are not shown. */
  total: number;
  /** The place of each entity by its id. */
  placeOf: ReadonlyMap<string, number>;
  /** Both ends of each link, one after the other. Two entities have one link, however many relations. */
  links: Uint32Array;
  /** Of each link, whether any of its relations holds. */
  holds: Uint8Array;
  neighbours: readonly (readonly number[])[];
}

export function graphOf({ entities, relations, total }: GraphContents): Graph {
  const placeOf = new Map(entities.map((entity, place) => [entity.id, place]));
  const held = new Map<number, boolean>();
  for (const { subject, object, holds } of relations) {
    const [a, b] = [placeOf.get(subject), placeOf.get(object)];
    if (a === undefined || b === undefined || a === b) continue;
    const key = linkKey(a, b, entities.length);
    held.set(key, holds || held.get(key) === true);
  }
  const links = new Uint32Array(held.size * 2);
  const neighbours: number[][] = entities.map(() => []);
  [...held.keys()].forEach((key, at) => {
    const [a, b] = [Math.floor(key / entities.length), key % entities.length];
    links.set([a, b], at * 2);
    neighbours[a]?.push(b);
    neighbours[b]?.push(a);
  });
  return {
    nodes: entities,
    total,
    placeOf,
    links,
    holds: Uint8Array.from(held.values(), Number),
    neighbours,
  };
}

function linkKey(a: number, b: number, count: number): number {
  return Math.min(a, b) * count + Math.max(a, b);
}

/** What of the picture stands out: entities by their places, and the links between them. */
export interface Lit {
  nodes: ReadonlySet<number>;
  /** Both ends of each link, one after the other. */
  links: readonly number[];
}

/** The entities that relations name, and their links. */
export function litBy(relations: readonly Relation[], { placeOf }: Graph): Lit {
  const nodes = new Set<number>();
  const links: number[] = [];
  for (const { subject, object } of relations) {
    const ends = [placeOf.get(subject.id), placeOf.get(object.id)].filter((end) => end !== undefined);
    for (const end of ends) nodes.add(end);
    if (ends.length === 2) links.push(...ends);
  }
  return { nodes, links };
}

/** An entity with everything that it is connected with. */
export function litAround(place: number, { neighbours }: Graph): Lit {
  const near = neighbours[place] ?? [];
  return { nodes: new Set([place, ...near]), links: near.flatMap((other) => [place, other]) };
}
