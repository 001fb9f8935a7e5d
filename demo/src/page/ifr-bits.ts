// The bits of the filter as a grid of squares, block by block from the upper left. A bit that was just set glows for a second.
import { reducedMotion } from "./dom.js";
import { begin, type Surface, surface } from "./surface.js";
import { blend, palette } from "./theme.js";

const GLOW = 1000; // ms
const SHADES = 32;

export class BitGrid {
  readonly #surface: Surface;
  readonly #image = document.createElement("canvas");
  readonly #context = this.#image.getContext("2d")!;
  #data: ImageData | undefined;
  #pixels = new Uint32Array(0);
  #bits = new Uint8Array(0);
  #total = 0;
  #cell = { width: 1, height: 1 };
  #columns = 0;
  /** Bits that glow, and since when. */
  readonly #fresh = new Map<number, number>();
  #colours = new Uint32Array(0);
  #clear = 0;
  #first = true;

  constructor(id: string) {
    this.#surface = surface(id);
  }

  draw(bits: Uint8Array, total: number, now: number): void {
    if (total !== this.#total || bits.length !== this.#bits.length) {
      this.#total = total;
      this.#bits = bits.slice();
      this.#surface.stale = true;
      this.#first = false;
      return;
    }
    const glow = !this.#first && !reducedMotion();
    for (let byte = 0; byte < bits.length; byte++) {
      const changed = bits[byte]! ^ this.#bits[byte]!;
      if (changed === 0) continue;
      this.#bits[byte] = bits[byte]!;
      for (let bit = 0; bit < 8; bit++) {
        if ((changed & (1 << bit)) === 0) continue;
        const at = byte * 8 + bit;
        if (glow && (bits[byte]! & (1 << bit)) !== 0) this.#fresh.set(at, now);
        else this.#fresh.set(at, Number.NEGATIVE_INFINITY);
      }
    }
    this.#first = false;
  }

  reset(): void {
    this.#fresh.clear();
    this.#first = true;
  }

  /** @returns whether something still glows */
  paint(now: number): boolean {
    if (this.#total === 0) return false;
    const all = this.#surface.stale;
    if (!all && this.#fresh.size === 0) return false;
    if (all) this.#layOut();
    for (const [at, since] of this.#fresh) {
      const age = Math.min(1, (now - since) / GLOW);
      if (at < this.#total) this.#pixels[at] = this.#isSet(at) ? this.#colours[Math.floor(age * (SHADES - 1))]! : this.#clear;
      if (age >= 1) this.#fresh.delete(at);
    }
    this.#context.putImageData(this.#data!, 0, 0);
    const context = begin(this.#surface);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#image, 0, 0, this.#image.width * this.#cell.width, this.#image.height * this.#cell.height);
    return this.#fresh.size > 0;
  }

  #isSet(at: number): boolean {
    return (this.#bits[at >> 3]! & (1 << (at & 7))) !== 0;
  }

  /** Every bit's place and colour. */
  #layOut(): void {
    const { width, height } = this.#surface.canvas;
    const { columns, rows, cell } = fitCells(width, height, this.#total);
    this.#columns = columns;
    this.#cell = cell;
    this.#image.width = this.#columns;
    this.#image.height = rows;
    this.#data = new ImageData(this.#columns, rows);
    this.#pixels = new Uint32Array(this.#data.data.buffer);
    const { rgb } = palette();
    this.#clear = blend(rgb.well, rgb.line, 0.55);
    // A new bit is as strong as ink and settles to a quiet blue.
    this.#colours = Uint32Array.from({ length: SHADES }, (_, i) => {
      const age = i / (SHADES - 1);
      return age >= 1 ? blend(rgb.well, rgb.ours, 0.6) : blend(rgb.ours, rgb.ink, 0.75 * (1 - age));
    });
    const settled = this.#colours[SHADES - 1]!;
    for (let at = 0; at < this.#total; at++) this.#pixels[at] = this.#isSet(at) ? settled : this.#clear;
  }
}

/** Cells of whole pixels, at most twice as wide as high or the other way round, that cover most of an area. */
function fitCells(
  width: number,
  height: number,
  total: number,
): { columns: number; rows: number; cell: { width: number; height: number } } {
  let best = { columns: width, rows: Math.ceil(total / width), cell: { width: 1, height: 1 } };
  let most = 0;
  for (let wide = 1; wide <= 16; wide++) {
    const columns = Math.floor(width / wide);
    const rows = Math.ceil(total / Math.max(1, columns));
    const high = Math.min(Math.floor(height / rows), 2 * wide);
    if (columns < 1 || high < 1 || wide > 2 * high) continue;
    const covered = columns * wide * rows * high;
    if (covered > most) [best, most] = [{ columns, rows, cell: { width: wide, height: high } }, covered];
  }
  return best;
}
