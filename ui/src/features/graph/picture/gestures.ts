import "d3-transition";

import { pointer, select } from "d3-selection";
import { zoom, zoomIdentity, type D3ZoomEvent } from "d3-zoom";

import { ZOOM, type Viewport } from "./viewport";

export interface GestureEvents {
  /** What is at a point of the canvas. */
  at: (x: number, y: number) => number | null;
  moved: (view: Pick<Viewport, "x" | "y" | "k">, byHand: boolean) => void;
  /** Whether the picture is being moved, by hand or by itself. */
  moving: (moving: boolean) => void;
  hovered: (node: number | null) => void;
  clicked: (node: number | null) => void;
  held: (node: number, x: number, y: number) => void;
  released: (node: number) => void;
}

/** A press that moves less than this is a click. */
const CLICK_SLACK = 4;
const GLIDE_MS = 350;

/** Panning, zooming, pointing and dragging, by mouse and by touch. */
export class Gestures {
  private readonly behaviour = zoom<HTMLCanvasElement, unknown>();
  private readonly selection;
  private drag: { node: number; pointer: number; from: [number, number]; moved: boolean } | null = null;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly events: GestureEvents,
  ) {
    this.selection = select<HTMLCanvasElement, unknown>(canvas);
    this.behaviour
      .scaleExtent(ZOOM)
      .clickDistance(CLICK_SLACK)
      .filter((event: MouseEvent | TouchEvent) => this.isForZoom(event))
      .on("start", () => events.moving(true))
      .on("end", () => events.moving(false))
      .on("zoom", ({ transform, sourceEvent }: D3ZoomEvent<HTMLCanvasElement, unknown>) =>
        events.moved({ x: transform.x, y: transform.y, k: transform.k }, sourceEvent !== null),
      );
    this.selection
      .call(this.behaviour)
      .on("dblclick.zoom", null)
      .on("pointerdown", (event: PointerEvent) => this.press(event))
      .on("pointermove", (event: PointerEvent) => this.move(event))
      .on("pointerup pointercancel", (event: PointerEvent) => this.lift(event))
      .on("pointerleave", () => events.hovered(null))
      .on("click", (event: PointerEvent) => this.click(event));
  }

  detach(): void {
    this.selection.interrupt().on(".zoom", null);
    for (const name of [
      "pointerdown",
      "pointermove",
      "pointerup",
      "pointercancel",
      "pointerleave",
      "click",
    ]) {
      this.selection.on(name, null);
    }
  }

  show({ x, y, k }: Pick<Viewport, "x" | "y" | "k">, glide: boolean): void {
    const transform = zoomIdentity.translate(x, y).scale(k);
    this.selection.interrupt();
    if (!glide) return this.behaviour.transform(this.selection, transform);
    const gliding = this.selection.transition().duration(GLIDE_MS);
    this.behaviour.transform(gliding, transform);
  }

  zoomBy(factor: number): void {
    this.behaviour.scaleBy(this.selection, factor);
  }

  /** A single finger or the mouse on an entity moves that one, and not the picture. */
  private isForZoom(event: MouseEvent | TouchEvent): boolean {
    if (event.type === "wheel") return true;
    if (event.ctrlKey || ("button" in event && event.button !== 0)) return false;
    if ("touches" in event && event.touches.length > 1) return true;
    return this.under("touches" in event ? event.touches[0] : event) === null;
  }

  private under(event: unknown): number | null {
    return this.events.at(...pointer(event, this.canvas));
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0 || !event.isPrimary) return;
    const from = pointer(event, this.canvas);
    const node = this.events.at(...from);
    this.drag = node === null ? null : { node, pointer: event.pointerId, from, moved: false };
  }

  private move(event: PointerEvent): void {
    const { drag } = this;
    if (!drag || drag.pointer !== event.pointerId) {
      // A finger points at nothing before it presses.
      if (event.pointerType === "mouse" && event.buttons === 0) this.events.hovered(this.under(event));
      return;
    }
    const [x, y] = pointer(event, this.canvas);
    if (!drag.moved && Math.hypot(x - drag.from[0], y - drag.from[1]) < CLICK_SLACK) return;
    if (!drag.moved) this.canvas.setPointerCapture(event.pointerId);
    drag.moved = true;
    this.events.held(drag.node, x, y);
  }

  private lift(event: PointerEvent): void {
    const { drag } = this;
    if (drag?.pointer !== event.pointerId) return;
    if (drag.moved) this.events.released(drag.node);
    else this.drag = null;
  }

  private click(event: PointerEvent): void {
    const dragged = this.drag?.moved;
    this.drag = null;
    if (!dragged) this.events.clicked(this.under(event));
  }
}
