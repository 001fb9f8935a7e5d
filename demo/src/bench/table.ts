// The table of results. All rows are there from the beginning, and a time takes no more room than its place has.
import { byId, make, write } from "../page/dom.js";
import { catalogue, type Entry, type Result, type Unit } from "./catalogue.js";

/** Three digits that count, which are all that a second run would show again. */
const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

const units: Record<Unit, string> = { ns: "ns", us: "µs", ms: "ms" };
/** A ratio that fills its bar: ten times as fast, on a logarithmic scale. */
const FULL = Math.log(10);

interface RowView {
  row: HTMLTableRowElement;
  ours: HTMLElement;
  theirs: HTMLElement;
  ratio: HTMLElement;
  bar: HTMLElement;
}

const views = new Map<string, RowView>();

/** Builds the empty table. */
export function startTable(): void {
  byId("rows").replaceChildren(...catalogue.map(rowOf));
  // On a phone the rows are laid out as blocks, which takes away the roles that a table has of itself.
  const roles = { table: "table", "thead, tbody": "rowgroup", tr: "row", "thead th": "columnheader", "tbody th": "rowheader", td: "cell" };
  for (const [parts, role] of Object.entries(roles)) for (const part of document.querySelectorAll(parts)) part.role = role;
}

function rowOf(entry: Entry): HTMLTableRowElement {
  const row = make("tr");
  row.dataset["testid"] = `row-${entry.id}`;
  const head = make("th");
  head.scope = "row";
  const layer = make("span", "layer", entry.layer);
  const peer = entry.peer === undefined ? "" : `beside ${entry.peer}; `;
  head.append(layer, make("span", "work", entry.name), make("span", "note", `${peer}${entry.note}`));
  const [ours, theirs, ratio] = [make("td", "number ours", "–"), make("td", "number", "–"), make("td", "number ratio")];
  const text = make("span", "", "–");
  const bar = make("span", "bar");
  bar.setAttribute("aria-hidden", "true");
  bar.append(make("i"));
  ratio.append(text, bar);
  row.append(head, ours, theirs, ratio);
  views.set(entry.id, { row, ours, theirs, ratio: text, bar: bar.firstElementChild as HTMLElement });
  return row;
}

/** Empties all rows. */
export function clearTable(): void {
  for (const { id } of catalogue) show(id, "–", "–", "–", undefined);
}

/** Marks the row that is being measured; none with undefined. */
export function markRow(id: string | undefined): void {
  for (const [other, { row }] of views) {
    if (other === id) row.setAttribute("aria-busy", "true");
    else row.removeAttribute("aria-busy");
  }
}

/** Shows a result; a failed one says why. */
export function showResult({ id, ours, theirs, failed }: Result): void {
  const entry = catalogue.find((one) => one.id === id);
  if (entry === undefined) return;
  const unit = units[entry.unit];
  const time = (value: number | undefined) => (value === undefined ? "–" : `${number.format(value)} ${unit}`);
  if (failed !== undefined || ours === undefined) show(id, "failed", "–", failed ?? "no result", undefined);
  else if (theirs === undefined) show(id, time(ours), "–", "no equal", undefined);
  else show(id, time(ours), time(theirs), told(theirs / ours), theirs / ours);
}

/** A ratio in words. */
function told(ratio: number): string {
  if (ratio > 0.95 && ratio < 1.05) return "as fast";
  if (ratio >= 1) return `${times(ratio)} × faster`;
  return `${times(1 / ratio)} × slower`;
}

function times(ratio: number): string {
  return ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1);
}

function show(id: string, ours: string, theirs: string, ratio: string, value: number | undefined): void {
  const view = views.get(id);
  if (view === undefined) return;
  write(view.ours, ours);
  write(view.theirs, theirs);
  write(view.ratio, ratio);
  const length = value === undefined ? 0 : Math.max(-1, Math.min(1, Math.log(value) / FULL));
  view.bar.style.width = `${Math.abs(length) * 50}%`;
  view.bar.style.left = length < 0 ? `${50 + length * 50}%` : "50%";
  view.bar.className = length < 0 ? "lost" : "won";
}
