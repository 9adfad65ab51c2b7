import { LayoutLoop } from "./layoutLoop";
import type { ToLayout } from "./protocol";

const loop = new LayoutLoop((told) => self.postMessage(told, { transfer: [told.positions.buffer] }));
self.addEventListener("message", ({ data }: MessageEvent<ToLayout>) => loop.receive(data));
