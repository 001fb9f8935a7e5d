// IFR: the filter as it fills, and its false positives beside the rate that its load predicts.
import type { Frame, IfrFrame } from "../protocol.js";
import { drawChart, roundUp } from "./chart.js";
import { byId, write } from "./dom.js";
import { count, percent, wilson } from "./format.js";
import { BitGrid } from "./ifr-bits.js";
import type { Panel } from "./panel.js";
import { surface } from "./surface.js";
import { Track } from "./track.js";

export class IfrPanel implements Panel {
  readonly #grid = new BitGrid("ifr-bits");
  readonly #rate = surface("ifr-rate");
  /** Measured, predicted, and the two ends of what was measured's 95 % interval. */
  readonly #track = new Track(4);
  #frame: IfrFrame | undefined;

  draw({ ifr, position }: Frame): void {
    this.#frame = ifr;
    this.#grid.draw(ifr.bits, ifr.totalBits, performance.now());
    this.#track.add(position, measuredRate(ifr), ifr.predictedRate, ...wilson(ifr.falsePositives, ifr.strangers));
  }

  show({ ifr }: Frame): void {
    this.#rate.stale = true;
    const events = ifr.known + ifr.fresh;
    write(byId("ifr-keys"), count(ifr.keys));
    write(byId("ifr-set"), `${count(ifr.setBits)} of ${count(ifr.totalBits)}`);
    write(byId("ifr-known"), percent(events === 0 ? Number.NaN : ifr.known / events));
    write(byId("ifr-measured"), percent(measuredRate(ifr)));
    write(byId("ifr-predicted"), percent(ifr.predictedRate));
    write(byId("ifr-asked"), `${count(ifr.falsePositives)} of ${count(ifr.strangers)}`);
  }

  paint(now: number): boolean {
    if (this.#rate.stale) this.#drawRate();
    return this.#grid.paint(now);
  }

  #drawRate(): void {
    const [measured, predicted, lower, upper] = [0, 1, 2, 3].map((i) => this.#track.column(i)) as [number[], number[], number[], number[]];
    // The interval is wide where few were asked: its end counts now, not where it began.
    const most = Math.max(0, upper.at(-1) ?? 0, ...predicted, ...measured.slice(measured.length >> 1).filter(Number.isFinite));
    const high = roundUp(Math.max(1e-4, most * 1.05));
    drawChart(this.#rate, {
      places: Math.max(2, this.#track.length),
      low: 0,
      high,
      grid: [0, high / 2, high],
      label: (value) => (value === 0 ? "0" : percent(value)),
      band: { lower, upper, from: 0, colour: "ours" },
      series: [
        { values: predicted, colour: "other", dash: [5, 3] },
        { values: measured, colour: "ours" },
      ],
    });
  }

  reset(): void {
    this.#track.clear();
    this.#grid.reset();
  }

  summary(): { id: string; text: string } | undefined {
    const frame = this.#frame;
    if (frame === undefined) return undefined;
    const measured = percent(measuredRate(frame));
    return {
      id: "ifr-summary",
      text: `The filter holds ${count(frame.keys)} keys; ${count(frame.setBits)} of its ${count(frame.totalBits)} bits are set. It took ${count(
        frame.falsePositives,
      )} of ${count(frame.strangers)} strangers for known: ${measured} measured, ${percent(frame.predictedRate)} predicted.`,
    };
  }
}

/** Share of the strangers that the filter took for known; NaN before the first one. */
function measuredRate({ falsePositives, strangers }: IfrFrame): number {
  return strangers === 0 ? Number.NaN : falsePositives / strangers;
}
