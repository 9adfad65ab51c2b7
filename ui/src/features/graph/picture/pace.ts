/** A frame that takes longer than this is felt. */
const SLOW_MS = 21;
/** After a longer pause nothing was moving. */
const PAUSE_MS = 250;
/** So many slow frames, less the quick ones between them, and less is drawn. */
const PATIENCE = 3;
const LEAST = 3;

/**
 * How much is left out while the picture moves, so that it does not stutter: nothing on a machine that is quick enough.
 * It is told of each frame of a movement, and of its end.
 */
export class Pace {
  private left = 0;
  private last: number | null = null;
  private slow = 0;
  private stuttered = false;

  /** Every so many links one is drawn. */
  get everyLink(): number {
    return this.left === LEAST ? Infinity : 2 ** this.left;
  }

  /** Whether names are written. */
  get names(): boolean {
    return this.left < LEAST - 1;
  }

  get plain(): boolean {
    return this.left > 0;
  }

  frame(now: number): void {
    const took = this.last === null ? 0 : now - this.last;
    this.last = now;
    if (took > PAUSE_MS) return;
    this.slow = took > SLOW_MS ? this.slow + 1 : Math.max(0, this.slow - 1);
    if (this.slow < PATIENCE) return;
    this.slow = 0;
    this.stuttered = true;
    this.left = Math.min(LEAST, this.left + 1);
  }

  /** After a movement without a stutter a little more is tried in the next one. */
  rest(): void {
    if (!this.stuttered) this.left = Math.max(0, this.left - 1);
    this.last = null;
    this.slow = 0;
    this.stuttered = false;
  }
}
