import {
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type Simulation,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from "d3-force";

import type { LayoutRequest } from "./protocol";

const LINK_LENGTH = 28;
const REPULSION = -42;
/** Further apart nothing is pushed away: it would cost much and change little. */
const REPULSION_REACH = 420;
/** Bodies are taken together from further than this, as a share of how far away they are. */
const THETA = 0.85;
/** Keeps what is connected with nothing from drifting away. */
const GRAVITY = 0.035;
/** Between entities of one community at the beginning. */
const SPACING = 9;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
/** How warm it begins where most is in its place already, and is kept while something is held. */
const REFINE_ALPHA = 0.3;
const HELD_ALPHA = 0.12;

interface Body extends SimulationNodeDatum {
  x: number;
  y: number;
}

/** Where the entities of a graph are, found by forces: links pull, everything else pushes. */
export class Layout {
  private readonly bodies: Body[];
  private readonly simulation: Simulation<Body, SimulationLinkDatum<Body>>;

  constructor({ count, links, communities, before }: LayoutRequest) {
    this.bodies = firstPlaces(count, communities, before);
    const ends = Array.from({ length: links.length / 2 }, (_, at) => ({
      source: links[2 * at] ?? 0,
      target: links[2 * at + 1] ?? 0,
    }));
    this.simulation = forceSimulation<Body, SimulationLinkDatum<Body>>(this.bodies)
      .alphaDecay(1 - Math.pow(0.001, 1 / 160))
      .velocityDecay(0.42)
      .force("link", forceLink<Body, SimulationLinkDatum<Body>>(ends).distance(LINK_LENGTH))
      .force("charge", forceManyBody<Body>().strength(REPULSION).theta(THETA).distanceMax(REPULSION_REACH))
      .force("x", forceX<Body>(0).strength(GRAVITY))
      .force("y", forceY<Body>(0).strength(GRAVITY))
      .stop();
    if (before?.some((place) => !Number.isNaN(place))) this.simulation.alpha(REFINE_ALPHA);
  }

  atRest(): boolean {
    return this.simulation.alpha() < this.simulation.alphaMin();
  }

  step(): void {
    this.simulation.tick();
  }

  hold(node: number, x: number, y: number): void {
    const body = this.bodies[node];
    if (!body) return;
    Object.assign(body, { fx: x, fy: y });
    this.simulation.alphaTarget(HELD_ALPHA).alpha(Math.max(HELD_ALPHA, this.simulation.alpha()));
  }

  release(node: number): void {
    const body = this.bodies[node];
    if (!body) return;
    Object.assign(body, { fx: null, fy: null });
    this.simulation.alphaTarget(0);
  }

  positions(): Float32Array<ArrayBuffer> {
    const positions = new Float32Array(this.bodies.length * 2);
    this.bodies.forEach(({ x, y }, at) => positions.set([x, y], at * 2));
    return positions;
  }
}

/** On a spiral of spirals: each community close together, the largest in the middle. It is near the end already. */
function firstPlaces(count: number, communities: Uint32Array, before: Float32Array | null): Body[] {
  const members = new Map<number, number[]>();
  for (let node = 0; node < count; node++) {
    const community = communities[node] ?? 0;
    const known = members.get(community);
    if (known) known.push(node);
    else members.set(community, [node]);
  }
  const bodies: Body[] = [];
  let placed = 0;
  [...members.values()]
    .sort((a, b) => b.length - a.length)
    .forEach((group, at) => {
      const [cx, cy] = onSpiral(at, SPACING * 1.4 * Math.sqrt(placed + group.length / 2));
      group.forEach((node, place) => {
        const [x, y] = onSpiral(place, SPACING * Math.sqrt(place + 0.5));
        bodies[node] = { x: cx + x, y: cy + y };
      });
      placed += group.length;
    });
  bodies.forEach((body, node) => {
    const [x, y] = [before?.[2 * node], before?.[2 * node + 1]];
    if (x === undefined || y === undefined || Number.isNaN(x)) return;
    Object.assign(body, { x, y });
  });
  return bodies;
}

function onSpiral(turn: number, radius: number): [number, number] {
  const angle = turn * GOLDEN_ANGLE;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}
