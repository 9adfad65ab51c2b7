import { describe, expect, it } from "vitest";

import { SseParser, type SseBlock } from "./sse";

const STREAM =
  ': here\n\nid: 7\ndata: {"type":"level"}\r\n\r\ndata: one\ndata:two\r\rid\ndata: ä€😀\nother: x\n\n: bye\n\n';
const BLOCKS: SseBlock[] = [
  { id: "7", data: '{"type":"level"}' },
  { id: null, data: "one\ntwo" },
  { id: "", data: "ä€😀" },
];

function read(pieces: string[]): SseBlock[] {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

describe("SseParser", () => {
  it("reads a whole stream at once", () => expect(read([STREAM])).toEqual(BLOCKS));

  it("reads it letter by letter", () => expect(read(Array.from(STREAM))).toEqual(BLOCKS));

  it.each(Array.from({ length: STREAM.length }, (_, at) => at))("reads it split at %i", (at) => {
    expect(read([STREAM.slice(0, at), STREAM.slice(at)])).toEqual(BLOCKS);
  });

  it("gives nothing for a block that is not ended", () => expect(read(["data: half\n"])).toEqual([]));

  it("forgets a byte order mark", () =>
    expect(read(["\uFEFFdata: x\n\n"])).toEqual([{ id: null, data: "x" }]));
});
