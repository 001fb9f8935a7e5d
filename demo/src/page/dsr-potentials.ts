// Membrane potentials twice: a pixel a neuron, in the raster's order from top to bottom; and as a histogram with the threshold.
import { begin, type Surface, surface } from "./surface.js";
import { blend, palette } from "./theme.js";

const SHADES = 64;
const BINS = 48;

/** A canvas that shows the potentials of all neurons, painted anew when they or the theme changed. */
abstract class Potentials {
  protected readonly surface: Surface;
  protected potentials: Float32Array = new Float32Array(0);
  protected threshold = 1;
  #dirty = false;

  constructor(id: string) {
    this.surface = surface(id);
  }

  draw(potentials: Float32Array, threshold: number): void {
    this.potentials = potentials;
    this.threshold = threshold;
    this.#dirty = true;
  }

  paint(): void {
    if (!(this.#dirty || this.surface.stale) || this.potentials.length === 0) return;
    this.#dirty = false;
    this.render();
  }

  protected abstract render(): void;
}

/** The potentials of all neurons as a map of heat: grey below rest, blue from rest to the threshold. */
export class HeatMap extends Potentials {
  readonly #image = document.createElement("canvas");
  readonly #context = this.#image.getContext("2d")!;
  #colours = new Uint32Array(0);

  protected override render(): void {
    if (this.surface.stale || this.#colours.length === 0) this.#shade();
    const neurons = this.potentials.length;
    const columns = neurons >= 2048 ? 32 : neurons >= 512 ? 16 : 8;
    const rows = Math.ceil(neurons / columns);
    if (this.#image.width !== columns || this.#image.height !== rows) Object.assign(this.#image, { width: columns, height: rows });
    const data = new ImageData(columns, rows);
    const pixels = new Uint32Array(data.data.buffer);
    const half = SHADES / 2;
    for (let i = 0; i < neurons; i++) {
      const share = Math.max(-1, Math.min(1, this.potentials[i]! / this.threshold));
      pixels[i] = this.#colours[Math.round(half + share * (half - 1))]!;
    }
    this.#context.putImageData(data, 0, 0);
    const context = begin(this.surface);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#image, 0, 0, this.surface.width, this.surface.height);
  }

  #shade(): void {
    const { rgb } = palette();
    const half = SHADES / 2;
    this.#colours = Uint32Array.from({ length: SHADES }, (_, i) => {
      const share = (i - half) / (half - 1);
      return share < 0 ? blend(rgb.well, rgb.soft, Math.min(1, -share) * 0.55) : blend(rgb.well, rgb.ours, Math.min(1, share));
    });
  }
}

/** How many neurons are at which potential, from twice the threshold below rest to the threshold; the first bin has all below. */
export class Histogram extends Potentials {
  protected override render(): void {
    const context = begin(this.surface);
    const { width, height } = this.surface;
    const colours = palette();
    const [low, high] = [-2 * this.threshold, this.threshold * 1.1];
    const counts = new Uint32Array(BINS);
    for (const potential of this.potentials) {
      const bin = Math.floor(((potential - low) / (high - low)) * BINS);
      counts[Math.max(0, Math.min(BINS - 1, bin))]!++;
    }
    // The root keeps the few near the threshold in sight beside the many at rest.
    const most = Math.sqrt(Math.max(1, ...counts));
    const foot = height - 14;
    const x = (potential: number) => ((potential - low) / (high - low)) * width;
    context.fillStyle = colours.ours;
    counts.forEach((count, i) => {
      const tall = (Math.sqrt(count) / most) * (foot - 4);
      context.fillRect((i * width) / BINS + 0.5, foot - tall, width / BINS - 1, tall);
    });
    context.strokeStyle = colours.line;
    context.beginPath();
    context.moveTo(0, foot + 0.5);
    context.lineTo(width, foot + 0.5);
    context.stroke();
    context.strokeStyle = colours.warm;
    context.lineWidth = 1.5;
    context.setLineDash([4, 3]);
    context.beginPath();
    context.moveTo(x(this.threshold), 0);
    context.lineTo(x(this.threshold), foot);
    context.stroke();
    context.setLineDash([]);
    context.font = `10px ${colours.sans}`;
    context.textBaseline = "bottom";
    context.fillStyle = colours.soft;
    context.textAlign = "left";
    context.fillText(`≤ ${low} mV`, 1, height);
    context.textAlign = "center";
    context.fillText("rest", x(0), height);
    context.textAlign = "right";
    context.fillStyle = colours.warm;
    context.fillText(`${this.threshold} mV`, width - 1, height);
    context.textAlign = "left";
  }
}
