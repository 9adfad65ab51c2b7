import { useCallback, useEffect, useRef, useState } from "react";

import type { Graph } from "@/features/graph/graph";

import type { Positions, ToLayout } from "./protocol";

export interface LaidOut {
  /** The graph that the positions are of. */
  graph: Graph;
  positions: Float32Array;
}

/** Where the entities of a graph are, found in a worker; none before the first are known. */
export function useLayout(graph: Graph, animate: boolean) {
  const worker = useRef<Worker | null>(null);
  const run = useRef(0);
  const latest = useRef<LaidOut | null>(null);
  const [laidOut, setLaidOut] = useState<LaidOut | null>(null);
  const [failed, setFailed] = useState(false);
  const held = useRef<number | null>(null);

  useEffect(() => {
    const own = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
    own.addEventListener("error", () => setFailed(true));
    worker.current = own;
    return () => {
      worker.current = null;
      own.terminate();
    };
  }, []);

  useEffect(() => {
    const own = worker.current;
    if (!own) return;
    run.current += 1;
    const take = ({ data }: MessageEvent<Positions>) => {
      if (data.run !== run.current) return;
      const { positions } = data;
      // What is under the finger stays there, however late the worker hears of it.
      if (held.current !== null) copyPlace(latest.current, held.current, positions);
      latest.current = { graph, positions };
      setLaidOut(latest.current);
    };
    own.addEventListener("message", take);
    own.postMessage({
      type: "layout",
      run: run.current,
      count: graph.nodes.length,
      links: graph.links,
      communities: Uint32Array.from(graph.nodes, ({ community }) => community),
      before: latest.current && before(graph, latest.current),
      animate,
    } satisfies ToLayout);
    return () => own.removeEventListener("message", take);
  }, [graph, animate]);

  const hold = useCallback((node: number, x: number, y: number) => {
    if (!latest.current) return;
    held.current = node;
    const positions = latest.current.positions.slice();
    positions.set([x, y], 2 * node);
    latest.current = { ...latest.current, positions };
    setLaidOut(latest.current);
    worker.current?.postMessage({ type: "hold", node, x, y } satisfies ToLayout);
  }, []);
  const release = useCallback((node: number) => {
    held.current = null;
    worker.current?.postMessage({ type: "release", node } satisfies ToLayout);
  }, []);
  return { laidOut, failed, hold, release };
}

function copyPlace(from: LaidOut | null, node: number, to: Float32Array): void {
  const place = from?.positions.subarray(2 * node, 2 * node + 2);
  if (place?.length === 2) to.set(place, 2 * node);
}

/** Where each was before another graph came. */
export function before(graph: Graph, { graph: old, positions }: LaidOut): Float32Array {
  const places = new Float32Array(graph.nodes.length * 2).fill(NaN);
  graph.nodes.forEach(({ id }, node) => {
    const place = old.placeOf.get(id);
    if (place !== undefined) places.set(positions.subarray(2 * place, 2 * place + 2), 2 * node);
  });
  return places;
}
