import { labelsWithRoom, type Label } from "./labels";
import { radiusOf, type Scene } from "./scene";
import { inSight, nodesWithin, type Box, type Viewport } from "./viewport";

/** Links in one path. A longer one is slower: where its parts cross has to be found. */
const BATCH = 64;
/** Room round what is in sight in which names and discs may begin. */
const MARGIN = 30;
const FONT = "12px system-ui, sans-serif";
/** One name on so many square pixels, at most. */
const LABEL_AREA = 8_000;
const FAINT = 0.16;
/** Up to this radius an entity may be drawn as a square. */
const PLAIN = 3;

/** How much of it is drawn. */
export interface Detail {
  /** Every so many links one. */
  everyLink: number;
  names: boolean;
  /** Whether small entities are squares. */
  plain: boolean;
}

export const FULL: Detail = { everyLink: 1, names: true, plain: false };

/** Draws what is in sight. `density` is how many pixels of the canvas a pixel of the page has, to the side. */
export function paint(
  context: CanvasRenderingContext2D,
  scene: Scene,
  view: Viewport,
  density: number,
  detail: Detail,
): void {
  const painter = new Painter(context, scene, view, density);
  painter.clear();
  painter.links(detail.everyLink);
  painter.nodes(detail.plain);
  painter.labels(detail.names);
}

class Painter {
  private readonly sight: Box;
  private readonly within: number[];

  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly scene: Scene,
    private readonly view: Viewport,
    private readonly density: number,
  ) {
    this.sight = inSight(view, MARGIN);
    this.within = nodesWithin(scene.positions, this.sight);
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  clear() {
    this.context.fillStyle = this.scene.palette.page;
    this.context.fillRect(0, 0, this.view.width * this.density, this.view.height * this.density);
  }

  links(every: number) {
    const { context, scene, density } = this;
    const { links, holds } = scene.graph;
    context.strokeStyle = scene.palette.link;
    // As thin as can be: such lines are drawn without the outline of a path.
    context.lineWidth = 1;
    const faint = scene.lit ? FAINT : 1;
    context.globalAlpha = 0.38 * faint;
    this.strokeAll(links, (link) => holds[link] === 1 && link % every === 0);
    context.globalAlpha = 0.14 * faint;
    this.strokeAll(links, (link) => holds[link] === 0 && link % every === 0);
    context.globalAlpha = 1;
    if (!scene.lit) return;
    context.strokeStyle = scene.palette.accent;
    context.lineWidth = 1.5 * density;
    this.strokeAll(scene.lit.links);
  }

  private strokeAll(ends: ArrayLike<number>, only?: (link: number) => boolean) {
    const { context, density, sight } = this;
    const { positions } = this.scene;
    const { k } = this.view;
    const [zoom, x, y] = [k * density, this.view.x * density, this.view.y * density];
    let batched = 0;
    context.beginPath();
    for (let at = 0; at < ends.length; at += 2) {
      if (only && !only(at / 2)) continue;
      const [a, b] = [2 * (ends[at] ?? 0), 2 * (ends[at + 1] ?? 0)];
      const ax = positions[a] ?? 0;
      const ay = positions[a + 1] ?? 0;
      const bx = positions[b] ?? 0;
      const by = positions[b + 1] ?? 0;
      if ((ax < sight.left && bx < sight.left) || (ax > sight.right && bx > sight.right)) continue;
      if ((ay < sight.top && by < sight.top) || (ay > sight.bottom && by > sight.bottom)) continue;
      context.moveTo(ax * zoom + x, ay * zoom + y);
      context.lineTo(bx * zoom + x, by * zoom + y);
      if (++batched % BATCH > 0) continue;
      context.stroke();
      context.beginPath();
    }
    context.stroke();
  }

  nodes(plain: boolean) {
    const { context, scene, within } = this;
    const { lit } = scene;
    // The best connected come last, and so lie above the others.
    const upwards = [...within].reverse();
    context.globalAlpha = lit ? FAINT : 1;
    for (const node of upwards) if (!lit?.nodes.has(node)) this.node(node, plain);
    context.globalAlpha = 1;
    if (lit) {
      for (const node of upwards) if (lit.nodes.has(node)) this.node(node, plain);
    }
    if (scene.selected !== null) this.ring(scene.selected);
  }

  private node(node: number, plain: boolean) {
    const { scene, density } = this;
    const [x, y] = this.place(node);
    const radius = this.radius(node);
    const mark = scene.marks[node] ?? 0;
    const put = plain && radius <= PLAIN ? "putPlain" : "put";
    scene.discs[put](this.context, mark, x * density, y * density, radius * density);
  }

  private ring(node: number) {
    const { context, density } = this;
    const [x, y] = this.place(node);
    context.strokeStyle = this.scene.palette.text;
    context.lineWidth = 2 * density;
    context.beginPath();
    context.arc(x * density, y * density, (this.radius(node) + 3) * density, 0, 2 * Math.PI);
    context.stroke();
  }

  labels(all: boolean) {
    const { context, scene, view, density } = this;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.font = FONT;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = scene.palette.page;
    context.fillStyle = scene.palette.text;
    const most = Math.ceil((view.width * view.height) / LABEL_AREA);
    for (const { node, x, y } of labelsWithRoom(this.wanted(all), most)) {
      const name = scene.names[node] ?? "";
      context.strokeText(name, x, y);
      context.fillText(name, x, y);
    }
  }

  /** What somebody points at or chose comes first, then what stands out, then the best connected. */
  private *wanted(all: boolean): Iterable<Label> {
    const { selected, hovered, lit } = this.scene;
    const first = new Set([hovered, selected].filter((node) => node !== null));
    for (const node of first) yield this.label(node);
    if (!all) return;
    for (const node of this.within) {
      if (!first.has(node) && (!lit || lit.nodes.has(node))) yield this.label(node);
    }
  }

  private label(node: number): Label {
    const [x, y] = this.place(node);
    const width = widthOf(this.scene.names[node] ?? "", this.context);
    const beside = this.radius(node) + 4;
    // To the left where there is no room to the right.
    const cut = x + beside + width > this.view.width && x - beside - width > 0;
    return { node, x: cut ? x - beside - width : x + beside, y, width };
  }

  private radius(node: number): number {
    return radiusOf(this.scene.graph.nodes[node] ?? { degree: 0 }, this.view.k);
  }

  private place(node: number): [number, number] {
    const { positions } = this.scene;
    const { k, x, y } = this.view;
    return [(positions[2 * node] ?? 0) * k + x, (positions[2 * node + 1] ?? 0) * k + y];
  }
}

const widths = new Map<string, number>();

/** To measure a text takes longer than to draw it. */
function widthOf(text: string, context: CanvasRenderingContext2D): number {
  const known = widths.get(text);
  if (known !== undefined) return known;
  const { width } = context.measureText(text);
  widths.set(text, width);
  return width;
}
