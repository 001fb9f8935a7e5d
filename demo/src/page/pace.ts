// How fast the page itself is: frames a second while it plays, the time that drawing one takes, and when the first prediction stood there.
import { byId, write } from "./dom.js";

/** Frames that the figures are of. */
const WINDOW = 120;

export class Pace {
  readonly #gaps: number[] = [];
  readonly #costs: number[] = [];
  #before = 0;
  #answered = false;

  /** A frame was painted. @param cost time it took in ms @param playing whether others are to follow at once */
  painted(now: number, cost: number, playing: boolean): void {
    if (playing && this.#before > 0 && now - this.#before < 1000) keep(this.#gaps, now - this.#before);
    this.#before = playing ? now : 0;
    keep(this.#costs, cost);
  }

  /** The first prediction stands on the page. */
  answered(): void {
    if (this.#answered) return;
    this.#answered = true;
    write(byId("first-answer"), `first prediction after ${Math.round(performance.now())} ms`);
    this.show();
  }

  show(): void {
    if (this.#costs.length === 0) return;
    // By the mean: a median would hide the frames that were left out.
    const time = this.#gaps.reduce((sum, gap) => sum + gap, 0);
    const rate = time > 0 ? `${Math.round((1000 * this.#gaps.length) / time)} frames a second` : "paused";
    write(byId("fps"), `${rate}, ${median(this.#costs).toFixed(1)} ms to draw one`);
  }
}

function keep(values: number[], value: number): void {
  values.push(value);
  if (values.length > WINDOW) values.shift();
}

function median(values: number[]): number {
  return values.length === 0 ? 0 : [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
