// CPE: what was expected beside what came, how often that was right, and how much is to come.
import type { CpeFrame, Frame } from "../protocol.js";
import { Bars } from "./bars.js";
import { drawChart, roundUp } from "./chart.js";
import { byId, write } from "./dom.js";
import { percent, short } from "./format.js";
import type { Panel } from "./panel.js";
import { surface } from "./surface.js";

export class CpePanel implements Panel {
  readonly #predicted = new Bars("cpe-predicted", 5);
  readonly #next = new Bars("cpe-next", 5);
  readonly #accuracy = surface("cpe-accuracy");
  readonly #demand = surface("cpe-demand");
  #frame: CpeFrame | undefined;

  draw({ cpe }: Frame): void {
    this.#frame = cpe;
  }

  show({ cpe }: Frame): void {
    const bar = ({ key, probability }: { key: string; probability: number }) => ({
      name: key,
      value: `${(100 * probability).toFixed(1)} %`,
      share: probability,
      hit: key === cpe.came,
    });
    this.#predicted.draw(cpe.predicted.slice(0, 5).map(bar));
    this.#next.draw(cpe.next.slice(0, 5).map((row) => ({ ...bar(row), hit: false })));
    write(byId("cpe-came"), cpe.came ?? "nothing");
    byId("cpe-came").title = cpe.came ?? "";
    write(byId("cpe-stream"), cpe.stream || "–");
    const rates = ({ hitAt1, hitAt5 }: CpeFrame["ours"]) => (cpe.scored === 0 ? "–" : `${percent(hitAt5)}; 1st ${percent(hitAt1)}`);
    write(byId("cpe-ours"), rates(cpe.ours));
    write(byId("cpe-naive"), rates(cpe.naive));
    write(byId("cpe-coverage"), cpe.demand === undefined ? "–" : `${Math.round(100 * cpe.demand.coverage)} %`);
    this.#accuracy.stale = true;
    this.#demand.stale = true;
  }

  paint(): boolean {
    if (this.#frame === undefined) return false;
    if (this.#accuracy.stale) this.#drawAccuracy(this.#frame);
    if (this.#demand.stale) this.#drawDemand(this.#frame);
    return false;
  }

  #drawAccuracy({ history: { ours, naive } }: CpeFrame): void {
    drawChart(this.#accuracy, {
      places: Math.max(2, ours.length, naive.length),
      low: 0,
      high: 1,
      grid: [0, 0.5, 1],
      label: (value) => `${100 * value} %`,
      series: [
        { values: naive, colour: "other", dash: [5, 3] },
        { values: ours, colour: "ours", width: 2 },
      ],
    });
  }

  #drawDemand({ demand }: CpeFrame): void {
    const { values, mean, lower, upper } = demand ?? { values: [], mean: [], lower: [], upper: [] };
    const high = roundUp(largest(values, upper));
    drawChart(this.#demand, {
      places: Math.max(2, values.length, mean.length),
      low: 0,
      high,
      grid: [0, high / 2, high],
      label: short,
      now: mean.length > values.length ? values.length - 0.5 : undefined,
      band: { lower, upper, from: 0, colour: "ours" },
      series: [
        { values: mean, colour: "ours", width: 1.5, dash: [5, 3] },
        { values, colour: "ink", width: 1.5 },
      ],
    });
  }

  reset(): void {
    this.#frame = undefined;
  }

  summary(): { id: string; text: string } | undefined {
    const frame = this.#frame;
    if (frame === undefined) return undefined;
    const { next, ours, naive, demand, stream, scored } = frame;
    const expected = next.slice(0, 3).map(({ key, probability }) => `${key}, ${percent(probability)}`);
    const right =
      scored === 0
        ? ""
        : ` Of ${scored} events, ${percent(ours.hitAt5)} were among the first five; the naive forecast had ${percent(naive.hitAt5)}.`;
    return { id: "cpe-summary", text: `Next in ${stream}: ${expected.join("; ") || "nothing"}.${right}${coming(demand)}` };
  }
}

/** The demand of the step that is open, in words. */
function coming(demand: CpeFrame["demand"]): string {
  const now = demand?.values.length ?? 0;
  if (demand === undefined || !Number.isFinite(demand.mean[now])) return "";
  const [mean, lower, upper] = [demand.mean, demand.lower, demand.upper].map((values) => values[now]!.toFixed(1));
  return ` ${mean} events are expected in this step, between ${lower} and ${upper} with ${Math.round(100 * demand.coverage)} %.`;
}

/** The largest finite value, at least 1. */
function largest(...all: ArrayLike<number>[]): number {
  let most = 1;
  for (const values of all)
    for (let i = 0; i < values.length; i++) if (values[i]! > most && values[i]! < Number.POSITIVE_INFINITY) most = values[i]!;
  return most;
}
