// The events as they come in. Cells are rewritten in place: rows never move.
import type { EventRow, Frame } from "../protocol.js";
import { byId, make, write } from "./dom.js";
import { count } from "./format.js";
import type { Panel } from "./panel.js";

const ROWS = 12;

export class StreamPanel implements Panel {
  readonly #rows: HTMLTableRowElement[] = [];
  #events: EventRow[] = [];

  constructor() {
    const body = byId("events");
    for (let i = 0; i < ROWS; i++) {
      const row = make("tr");
      row.append(make("td", "n"), make("td"), make("td"), make("td", "bits"), make("td", "rank"));
      body.append(row);
      this.#rows.push(row);
    }
  }

  /** The last event there was. */
  get last(): EventRow | undefined {
    return this.#events[0];
  }

  draw({ events }: Frame): void {
    if (events.length === 0) return;
    this.#events = [...events.slice(-ROWS).reverse(), ...this.#events].slice(0, ROWS);
    this.#show();
  }

  #show(): void {
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
    return false;
  }

  reset(): void {
    this.#events = [];
    this.#show();
  }

  summary(): undefined {
    return undefined; // the table is text already
  }
}
