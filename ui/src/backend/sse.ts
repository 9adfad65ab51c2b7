/** One block of a text/event-stream. A block of comments alone has empty data. */
export interface SseBlock {
  id: string | null;
  data: string;
}

/**
 * Reads text/event-stream from pieces that may be split anywhere, even inside a line end.
 * Follows the parsing rules of the HTML standard, section "Server-sent events".
 */
export class SseParser {
  private rest = "";
  private data: string[] = [];
  private id: string | null = null;
  private begun = false;

  push(text: string): SseBlock[] {
    this.rest += text;
    if (!this.begun && this.rest.length > 0) {
      this.begun = true;
      this.rest = this.rest.replace(/^\uFEFF/, "");
    }
    const blocks: SseBlock[] = [];
    for (;;) {
      const end = /\r\n|\n|\r/.exec(this.rest);
      // A lone CR at the very end may be the first half of a CRLF.
      if (!end || (end[0] === "\r" && end.index === this.rest.length - 1)) return blocks;
      const line = this.rest.slice(0, end.index);
      this.rest = this.rest.slice(end.index + end[0].length);
      const block = this.line(line);
      if (block) blocks.push(block);
    }
  }

  private line(line: string): SseBlock | null {
    if (line === "") return this.dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.data.push(value);
    if (field === "id" && !value.includes("\0")) this.id = value;
    return null;
  }

  private dispatch(): SseBlock | null {
    const block = this.data.length > 0 ? { id: this.id, data: this.data.join("\n") } : null;
    this.data = [];
    this.id = null;
    return block;
  }
}
