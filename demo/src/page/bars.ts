// A list of a fixed number of rows: a name, a value, and a bar behind them.
import { byId, make, write } from "./dom.js";

export interface Bar {
  name: string;
  value: string;
  /** Length of the bar, 0 to 1. */
  share: number;
  hit?: boolean;
}

export class Bars {
  readonly #rows: Array<{ row: HTMLElement; bar: HTMLElement; name: HTMLElement; value: HTMLElement }> = [];

  /** @param id of an empty list; rows get ids of it: `<id>-0` and so on. */
  constructor(id: string, rows: number) {
    const list = byId(id);
    for (let i = 0; i < rows; i++) {
      const row = make("li");
      row.dataset["testid"] = `${id}-${i}`;
      const [bar, name, value] = [make("span", "bar"), make("span", "name"), make("span", "value")];
      row.append(bar, name, value);
      list.append(row);
      this.#rows.push({ row, bar, name, value });
    }
  }

  draw(bars: Bar[]): void {
    this.#rows.forEach(({ row, bar, name, value }, i) => {
      const shown = bars[i];
      write(name, shown?.name ?? "");
      if (name.title !== (shown?.name ?? "")) name.title = shown?.name ?? "";
      write(value, (shown?.value ?? "").padStart(7));
      bar.style.transform = `scaleX(${Math.max(0, Math.min(1, shown?.share ?? 0)).toFixed(4)})`;
      bar.style.visibility = shown === undefined ? "hidden" : "visible";
      row.classList.toggle("hit", shown?.hit === true);
    });
  }
}
