// Latency: a histogram for each kind of call, on one scale of time for all, with the target drawn in.
import type { Frame, LatencyRow } from "../protocol.js";
import { byId, make, write } from "./dom.js";
import { count, microseconds } from "./format.js";
import type { Panel } from "./panel.js";
import { begin, type Surface, surface } from "./surface.js";
import { palette } from "./theme.js";

interface Row {
  name: HTMLElement;
  figures: HTMLElement;
  surface: Surface;
}

export class LatencyPanel implements Panel {
  readonly #rows: Row[] = [];
  #latency: Frame["latency"] | undefined;

  draw({ latency }: Frame): void {
    this.#latency = latency;
  }

  show({ latency }: Frame): void {
    latency.rows.forEach((row, i) => {
      const shown = this.#rows[i] ?? this.#add(i);
      write(shown.name, row.name);
      write(shown.figures, `${microseconds(row.p50)}, 99th ${microseconds(row.p99)}`);
      shown.figures.title = `batches of ${row.batch}, target ${microseconds(row.target)}`;
      shown.surface.canvas.setAttribute("aria-label", `Times of ${row.name}`);
      shown.surface.stale = true;
    });
  }

  #add(i: number): Row {
    const element = make("div", "latency-row");
    element.dataset["testid"] = `latency-${i}`;
    const line = make("p", "line");
    const [name, figures, canvas] = [make("span"), make("span", "number"), make("canvas")];
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-describedby", "latency-summary");
    line.append(name, figures);
    element.append(line, canvas);
    byId("latency-rows").append(element);
    const row = { name, figures, surface: surface(canvas) };
    this.#rows.push(row);
    return row;
  }

  paint(): boolean {
    this.#latency?.rows.forEach((row, i) => {
      const shown = this.#rows[i];
      if (shown?.surface.stale) drawRow(shown.surface, row, this.#latency!.edges);
    });
    return false;
  }

  reset(): void {}

  summary(): { id: string; text: string } | undefined {
    if (this.#latency === undefined || this.#latency.rows.length === 0) return undefined;
    const rows = this.#latency.rows.map(
      ({ name, p50, p99, target, batch }) =>
        `${name}: median ${microseconds(p50)}, 99th percentile ${microseconds(p99)}, target ${microseconds(target)}, in batches of ${count(batch)}`,
    );
    return { id: "latency-summary", text: `${rows.join(". ")}.` };
  }
}

function drawRow(target: Surface, { counts, p50, p99, target: goal }: LatencyRow, edges: Float32Array): void {
  const context = begin(target);
  const colours = palette();
  const { width, height } = target;
  const bins = counts.length;
  const foot = height - 12;
  const x = (time: number) => (place(edges, time) / bins) * width;
  let most = 1;
  for (const value of counts) most = Math.max(most, value);
  context.fillStyle = colours.ours;
  for (let i = 0; i < bins; i++) {
    if (counts[i] === 0) continue;
    // Down to a pixel: a single slow call is to be seen.
    const tall = Math.max(1, (counts[i]! / most) * (foot - 7));
    context.fillRect((i * width) / bins, foot - tall, Math.max(1, width / bins - 0.75), tall);
  }
  context.fillStyle = colours.line;
  context.fillRect(0, foot, width, 1);
  context.font = `9px ${colours.sans}`;
  context.textBaseline = "bottom";
  context.textAlign = "center";
  for (let decade = -3; decade <= 6; decade++) {
    const at = x(10 ** decade);
    if (at < 1 || at > width - 1) continue;
    context.fillStyle = colours.line;
    context.fillRect(Math.round(at), foot, 1, 3);
    const name = ["1 ns", "10 ns", "100 ns", "1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s"][decade + 3]!;
    const half = context.measureText(name).width / 2;
    if (at < half || at > width - half) continue;
    context.fillStyle = colours.soft;
    context.fillText(name, at, height + 1);
  }
  context.strokeStyle = colours.warm;
  context.lineWidth = 1.5;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(x(goal), 0);
  context.lineTo(x(goal), foot);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = colours.warm;
  context.textAlign = "left";
  context.textBaseline = "top";
  context.fillText(microseconds(goal).replace(/\.0+(?= )/, ""), x(goal) + 4, 1);
  context.fillStyle = colours.ink;
  for (const time of [p50, p99]) {
    if (!(time > 0)) continue;
    context.beginPath();
    context.arc(x(time), 3.5, 2.5, 0, 2 * Math.PI);
    context.fill();
  }
}

/** Where a time lies among the edges, as a bin with its fraction by logarithm. */
function place(edges: Float32Array, time: number): number {
  const last = edges.length - 1;
  if (last < 1 || time <= edges[0]!) return 0;
  if (time >= edges[last]!) return last;
  let bin = 0;
  while (edges[bin + 1]! <= time) bin++;
  const [low, high] = [edges[bin]!, edges[bin + 1]!];
  return bin + (low > 0 ? Math.log(time / low) / Math.log(high / low) : (time - low) / (high - low));
}
