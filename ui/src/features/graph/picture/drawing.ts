import { Gestures } from "./gestures";
import { Hits } from "./hits";
import { Pace } from "./pace";
import { FULL, paint } from "./paint";
import { radiusOf, type Scene } from "./scene";
import { fitting, FIT_ZOOM, type Viewport } from "./viewport";

export interface DrawingEvents {
  clicked: (node: number | null) => void;
  hovered: (node: number | null) => void;
  /** Where somebody drags an entity to, in units of the graph. */
  held: (node: number, x: number, y: number) => void;
  released: (node: number) => void;
}

/** All of it, or some entities. */
export type Aim = "all" | readonly number[];

/** Pixels round an entity that still mean it. */
const REACH = 5;
/** So near entities are looked at when they are brought into sight. */
const CLOSE = 1.1;

/** The canvas: it draws a scene when that or the view has changed, once a frame at most. */
export class Drawing {
  private scene: Scene | null = null;
  private hits: Hits | null = null;
  private view: Viewport = { x: 0, y: 0, k: 1, width: 0, height: 0 };
  /** What is kept in sight until somebody moves the picture. */
  private aim: Aim | null = "all";
  private frame: number | null = null;
  private moving = false;
  private readonly pace = new Pace();
  private readonly context: CanvasRenderingContext2D | null;
  private readonly gestures: Gestures;
  private readonly resized: ResizeObserver;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    events: DrawingEvents,
    private readonly calm: boolean,
  ) {
    this.context = canvas.getContext("2d", { alpha: false });
    let hovered: number | null = null;
    this.gestures = new Gestures(canvas, {
      at: (x, y) => this.at(x, y),
      moved: (view, byHand) => {
        if (byHand) this.aim = null;
        Object.assign(this.view, view);
        this.draw();
      },
      moving: (moving) => {
        this.moving = moving;
        if (!moving) this.pace.rest();
        this.draw();
      },
      hovered: (node) => {
        if (node === hovered) return;
        hovered = node;
        canvas.style.cursor = node === null ? "" : "pointer";
        events.hovered(node);
      },
      clicked: events.clicked,
      held: (node, x, y) => {
        this.aim = null;
        events.held(node, ...this.inGraph(x, y));
      },
      released: events.released,
    });
    this.resized = new ResizeObserver(([entry]) => {
      if (entry) this.resize(entry.contentRect);
    });
    this.resized.observe(canvas);
  }

  destroy(): void {
    if (this.frame !== null) cancelAnimationFrame(this.frame);
    this.resized.disconnect();
    this.gestures.detach();
  }

  show(scene: Scene): void {
    const moved = scene.positions !== this.scene?.positions;
    this.scene = scene;
    if (moved) {
      this.hits = new Hits(scene.positions);
      this.lookAtAim(false);
    }
    this.draw();
  }

  /** Brings everything into sight, or some entities. */
  lookAt(aim: Aim): void {
    this.aim = aim;
    this.lookAtAim(!this.calm);
  }

  zoomBy(factor: number): void {
    this.aim = null;
    this.gestures.zoomBy(factor);
  }

  private lookAtAim(glide: boolean): void {
    const { scene, aim } = this;
    const { width, height } = this.view;
    if (aim === null || !scene || scene.positions.length === 0 || width === 0) return;
    const wanted = aim === "all" ? scene.positions : placesOf(aim, scene.positions);
    this.gestures.show(fitting(wanted, width, height, aim === "all" ? FIT_ZOOM : CLOSE), glide);
  }

  private resize({ width, height }: DOMRectReadOnly): void {
    Object.assign(this.view, { width, height });
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    this.lookAtAim(false);
    // At once: a canvas of another size is empty.
    this.paint();
  }

  private draw(): void {
    this.frame ??= requestAnimationFrame((now) => {
      this.frame = null;
      if (this.moving) this.pace.frame(now);
      this.paint();
    });
  }

  private paint(): void {
    const { context, scene, view } = this;
    if (!context || !scene || view.width === 0) return;
    paint(context, scene, view, devicePixelRatio, this.moving ? this.pace : FULL);
  }

  private at(x: number, y: number): number | null {
    const { scene, hits } = this;
    const { k } = this.view;
    const [gx, gy] = this.inGraph(x, y);
    const node = hits?.nearest(gx, gy, (radiusOf({ degree: Infinity }, k) + REACH) / k) ?? null;
    if (node === null || !scene) return null;
    const away = Math.hypot((scene.positions[2 * node] ?? 0) - gx, (scene.positions[2 * node + 1] ?? 0) - gy);
    return away * k <= radiusOf(scene.graph.nodes[node] ?? { degree: 0 }, k) + REACH ? node : null;
  }

  private inGraph(x: number, y: number): [number, number] {
    return [(x - this.view.x) / this.view.k, (y - this.view.y) / this.view.k];
  }
}

function placesOf(nodes: readonly number[], positions: Float32Array): Float32Array {
  return Float32Array.from(nodes.flatMap((node) => [...positions.subarray(2 * node, 2 * node + 2)]));
}
