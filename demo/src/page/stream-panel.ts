// The events as they come in. Cells are rewritten in place: rows never move.
import type { EventRow, Frame } from "../protocol.js";
import { byId, make, write } from "./dom.js";
import { count } from "./format.js";
import type { Panel } from "./panel.js";
import { begin, surface } from "./surface.js";
import { palette } from "./theme.js";

const ROWS = 11;
/** Width of an event in the chart of surprise, in CSS pixels; and the surprise that fills its height, in bits. */
const WIDTH = 3;
const FULL = 16;
/** Events that the chart remembers: more than the widest panel has room for. */
const KEPT = 400;

export class StreamPanel implements Panel {
  readonly #rows: HTMLTableRowElement[] = [];
  #events: EventRow[] = [];
  readonly #surprise = surface("stream-surprise");
  #bits: Array<Pick<EventRow, "surprise" | "injected">> = [];

  constructor() {
    const body = byId("events");
    for (let i = 0; i < ROWS; i++) {
      const row = make("tr");
      row.append(make("td", "n"), make("td"), make("td"), make("td", "bits"), make("td", "rank"));
      body.append(row);
      this.#rows.push(row);
    }
  }

  draw({ events }: Frame): void {
    if (events.length === 0) return;
    this.#events = [...events.slice(-ROWS).reverse(), ...this.#events].slice(0, ROWS);
    this.#bits.push(...events);
    if (this.#bits.length > 2 * KEPT) this.#bits = this.#bits.slice(-KEPT);
    this.#surprise.stale = true;
  }

  show(): void {
    this.#rows.forEach((row, i) => {
      const event = this.#events[i];
      const cells = row.cells;
      write(cells[0]!, event === undefined ? "" : count(event.n + 1));
      write(cells[1]!, event?.stream ?? "");
      write(cells[2]!, event?.key ?? "");
      if (cells[2]!.title !== (event?.key ?? "")) cells[2]!.title = event?.key ?? "";
      write(cells[3]!, event === undefined ? "" : event.surprise.toFixed(1));
      write(cells[4]!, event === undefined ? "" : event.rank === 0 ? "none" : String(event.rank));
      cells[4]!.classList.toggle("hit", event !== undefined && event.rank === 1);
      row.classList.toggle("injected", event?.injected === true);
    });
  }

  paint(): boolean {
    if (!this.#surprise.stale) return false;
    const context = begin(this.#surprise);
    const { width, height } = this.#surprise;
    const colours = palette();
    context.fillStyle = colours.line;
    context.fillRect(0, height - 1, width, 1);
    const shown = this.#bits.slice(-Math.floor(width / WIDTH));
    shown.forEach(({ surprise, injected }, i) => {
      const tall = Math.max(1, Math.min(1, surprise / FULL) * (height - 2));
      context.fillStyle = injected ? colours.warm : colours.ours;
      context.fillRect(width - (shown.length - i) * WIDTH, height - 1 - tall, WIDTH - 1, tall);
    });
    return false;
  }

  reset(): void {
    this.#events = [];
    this.#bits = [];
    this.#surprise.stale = true;
    this.show();
  }

  summary(): { id: string; text: string } | undefined {
    const bits = this.#bits.slice(-100);
    if (bits.length === 0) return undefined;
    const mean = bits.reduce((sum, { surprise }) => sum + surprise, 0) / bits.length;
    const strange = bits.filter(({ injected }) => injected).length;
    return {
      id: "stream-summary",
      text: `The last ${bits.length} events surprised by ${mean.toFixed(1)} bits on average; ${strange} were injected.`,
    };
  }
}
