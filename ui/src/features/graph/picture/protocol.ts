/** What the page and the worker that lays the graph out tell each other. */

/** Asks for a layout; it takes the place of the one before. */
export interface LayoutRequest {
  type: "layout";
  /** Comes back with every answer, so that late ones of another layout are known. */
  run: number;
  count: number;
  /** Both ends of each link, one after the other. */
  links: Uint32Array;
  /** The community of each entity. */
  communities: Uint32Array;
  /** Where each was before, as x and y; not a number where that is not known. */
  before: Float32Array | null;
  /** Whether each step is shown, or only the end. */
  animate: boolean;
}

export type ToLayout =
  | LayoutRequest
  /** Somebody holds an entity here. */
  | { type: "hold"; node: number; x: number; y: number }
  | { type: "release"; node: number };

/** Where everything is now, as x and y. */
export interface Positions {
  run: number;
  positions: Float32Array;
  /** Whether it has come to rest. */
  done: boolean;
}
