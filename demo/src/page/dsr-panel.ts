// DSR: what the reservoir's neurons do while the stream drives it, who wins, and what is similar.
import type { DsrFrame, Frame } from "../protocol.js";
import { Bars } from "./bars.js";
import { byId, write } from "./dom.js";
import { HeatMap, Histogram } from "./dsr-potentials.js";
import { Raster } from "./dsr-raster.js";
import { count } from "./format.js";
import type { Panel } from "./panel.js";

export class DsrPanel implements Panel {
  readonly #raster = new Raster("dsr-raster");
  readonly #heat = new HeatMap("dsr-heat");
  readonly #histogram = new Histogram("dsr-histogram");
  readonly #similar = new Bars("dsr-similar", 5);
  #frame: DsrFrame | undefined;
  #subject = "";
  /** Spikes and steps of the last frame in which there were any. */
  #spikes = 0;
  #steps = 0;

  draw({ dsr, events }: Frame): void {
    this.#frame = dsr;
    this.#subject = events.at(-1)?.key ?? this.#subject;
    if (dsr.steps > 0) {
      this.#steps = dsr.steps;
      this.#spikes = dsr.offsets[dsr.steps]! - dsr.offsets[0]!;
    }
    this.#raster.draw(dsr.neurons, dsr.steps, dsr.offsets, dsr.ids, dsr.winners);
    this.#heat.draw(dsr.potentials, dsr.threshold);
  }

  show({ dsr }: Frame): void {
    this.#histogram.draw(dsr.potentials, dsr.threshold);
    this.#similar.draw(dsr.similar.slice(0, 5).map(({ key, score }) => ({ name: key, value: score.toFixed(3), share: score })));
    write(byId("dsr-subject"), this.#subject || "–");
    const each = this.#steps === 0 ? 0 : this.#spikes / this.#steps;
    write(byId("dsr-winners"), `${count(dsr.winners.length)} of ${count(dsr.neurons)} won; ${each.toFixed(1)} spikes a step`);
  }

  paint(): boolean {
    this.#raster.paint();
    this.#heat.paint();
    this.#histogram.paint();
    return false;
  }

  reset(): void {
    this.#raster.reset();
    this.#subject = "";
  }

  summary(): { id: string; text: string } | undefined {
    const frame = this.#frame;
    if (frame === undefined) return undefined;
    const { potentials, threshold, neurons, winners, similar } = frame;
    let near = 0;
    for (const potential of potentials) if (potential > threshold / 2) near++;
    const like = similar.slice(0, 3).map(({ key, score }) => `${key}, ${score.toFixed(2)}`);
    return {
      id: "dsr-summary",
      text: `${count(neurons)} neurons with a threshold of ${threshold} mV; ${count(near)} are more than half way to it, ${count(
        winners.length,
      )} won the last competition. ${like.length === 0 ? "Nothing similar is known." : `Most like ${this.#subject}: ${like.join("; ")}.`}`,
    };
  }
}
