import { Layout } from "./layout";
import type { Positions, ToLayout } from "./protocol";

/** So long is worked before what has come meanwhile is read, and positions are told. */
const TURN_MS = 30;

/** Works at a layout in turns, and answers the messages of the page. */
export class LayoutLoop {
  private layout: Layout | null = null;
  private run = 0;
  private animate = true;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly tell: (positions: Positions & { positions: Float32Array<ArrayBuffer> }) => void,
  ) {}

  receive(message: ToLayout): void {
    switch (message.type) {
      case "layout":
        this.layout = new Layout(message);
        this.run = message.run;
        this.animate = message.animate;
        break;
      case "hold":
        // Where nothing is to move by itself, what is held is moved by the page alone.
        if (!this.animate) return;
        this.layout?.hold(message.node, message.x, message.y);
        break;
      case "release":
        this.layout?.release(message.node);
        break;
    }
    this.timer ??= setTimeout(this.turn);
  }

  private readonly turn = () => {
    this.timer = undefined;
    const { layout } = this;
    if (!layout || layout.atRest()) return;
    const end = performance.now() + TURN_MS;
    do layout.step();
    while (!layout.atRest() && performance.now() < end);
    const done = layout.atRest();
    if (this.animate || done) this.tell({ run: this.run, positions: layout.positions(), done });
    if (!done) this.timer = setTimeout(this.turn);
  };
}
