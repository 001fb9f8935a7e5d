// The spike raster: a column a step, neurons from top to bottom. Columns are written once, into a ring; a frame costs two copies of it.
import { begin, type Surface, surface } from "./surface.js";
import { blend, palette } from "./theme.js";

/** Width of a step, and of the strip at the right edge that marks the winners, in CSS pixels. */
const STEP = 2;
const EDGE = 8;

export class Raster {
  readonly #surface: Surface;
  readonly #ring = document.createElement("canvas");
  readonly #context = this.#ring.getContext("2d")!;
  /** Spikes by column and row of the ring: what its pixels are made of, also in other colours. */
  #counts = new Uint8Array(0);
  #columns = 0;
  #rows = 0;
  #cursor = 0;
  #neurons = 0;
  #colours = new Uint32Array(4);
  #winners: Uint16Array = new Uint16Array(0);
  #dirty = false;

  constructor(id: string) {
    this.#surface = surface(id);
  }

  /** Step s fired ids[offsets[s]] to ids[offsets[s + 1] - 1]. */
  draw(neurons: number, steps: number, offsets: Uint32Array, ids: Uint16Array, winners: Uint16Array): void {
    if (neurons !== this.#neurons) {
      this.#neurons = neurons;
      this.#surface.stale = true;
    }
    this.#winners = winners;
    if (this.#surface.stale) this.#layOut();
    this.#dirty = true;
    // Of more steps than have room, the last ones are seen.
    const first = Math.max(0, steps - this.#columns);
    let done = first;
    while (done < steps) {
      const run = Math.min(steps - done, this.#columns - this.#cursor);
      for (let i = 0; i < run; i++) this.#count(this.#cursor + i, offsets[done + i]!, offsets[done + i + 1]!, ids);
      this.#write(this.#cursor, run);
      this.#cursor = (this.#cursor + run) % this.#columns;
      done += run;
    }
  }

  reset(): void {
    this.#counts.fill(0);
    this.#winners = new Uint16Array(0);
    this.#cursor = 0;
    this.#surface.stale = true;
  }

  paint(): void {
    if (this.#neurons === 0 || !(this.#dirty || this.#surface.stale)) return;
    if (this.#surface.stale) this.#layOut();
    this.#dirty = false;
    const context = begin(this.#surface);
    const { width, height } = this.#surface;
    context.imageSmoothingEnabled = false;
    // The oldest column stands at the cursor.
    const old = this.#columns - this.#cursor;
    if (old > 0) context.drawImage(this.#ring, this.#cursor, 0, old, this.#rows, 0, 0, old * STEP, height);
    if (this.#cursor > 0) context.drawImage(this.#ring, 0, 0, this.#cursor, this.#rows, old * STEP, 0, this.#cursor * STEP, height);
    context.fillStyle = palette().warm;
    for (const id of this.#winners) context.fillRect(width - EDGE + 2, Math.floor((id * height) / this.#neurons), EDGE - 2, 1);
  }

  /** Fits the ring to the canvas; what was written stays as far as it has room. */
  #layOut(): void {
    const columns = Math.max(1, Math.floor((this.#surface.width - EDGE) / STEP));
    const rows = Math.min(this.#neurons, this.#surface.height);
    const { rgb } = palette();
    this.#colours = Uint32Array.of(0, blend(rgb.well, rgb.ours, 0.7), blend(rgb.ours, rgb.ink, 0.15), blend(rgb.ours, rgb.ink, 0.6));
    if (columns !== this.#columns || rows !== this.#rows) {
      const before = { counts: this.#counts, columns: this.#columns, rows: this.#rows, cursor: this.#cursor };
      this.#counts = new Uint8Array(columns * rows);
      [this.#columns, this.#rows, this.#cursor] = [columns, rows, 0];
      if (before.rows === rows) {
        const kept = Math.min(columns, before.columns);
        for (let i = 0; i < kept; i++) {
          const from = (before.cursor + before.columns - kept + i) % before.columns;
          this.#counts.set(before.counts.subarray(from * rows, (from + 1) * rows), (columns - kept + i) * rows);
        }
      }
      this.#ring.width = columns;
      this.#ring.height = rows;
    }
    this.#write(0, this.#columns);
    this.#surface.stale = false;
    this.#dirty = true;
  }

  #count(column: number, from: number, to: number, ids: Uint16Array): void {
    const rows = this.#rows;
    const counts = this.#counts.subarray(column * rows, (column + 1) * rows);
    counts.fill(0);
    for (let i = from; i < to; i++) {
      const row = Math.floor((ids[i]! * rows) / this.#neurons);
      if (counts[row]! < 255) counts[row]!++;
    }
  }

  #write(first: number, columns: number): void {
    if (columns < 1) return;
    const data = new ImageData(columns, this.#rows);
    const pixels = new Uint32Array(data.data.buffer);
    for (let column = 0; column < columns; column++) {
      const from = (first + column) * this.#rows;
      for (let row = 0; row < this.#rows; row++) pixels[row * columns + column] = this.#colours[Math.min(3, this.#counts[from + row]!)]!;
    }
    this.#context.putImageData(data, first, 0);
  }
}
