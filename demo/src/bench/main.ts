// The benchmark page: measures in this browser, or shows what a link says was measured in another.
import { byId, write } from "../page/dom.js";
import { startTheme } from "../page/theme.js";
import { catalogue, type Result } from "./catalogue.js";
import { agentOf, decodeReport, encodeReport, type Report } from "./link.js";
import { clearTable, markRow, showResult, startTable } from "./table.js";
import type { BenchMessage } from "./worker.js";

const run = byId<HTMLButtonElement>("run");
const cancel = byId<HTMLButtonElement>("cancel");
const copy = byId<HTMLButtonElement>("copy");
const progress = byId<HTMLProgressElement>("progress");

let worker: Worker | undefined;
let results: Result[] = [];
let step = 0;
/** The results as the hash of a link; the address may have lost it to a link within the page. */
let hash = "";

function status(text: string): void {
  write(byId("status"), text);
}

/** Where the numbers in the table come from. */
function origin(text: string, elsewhere: boolean): void {
  write(byId("origin"), text);
  byId("origin").classList.toggle("elsewhere", elsewhere);
}

function busy(on: boolean): void {
  run.disabled = on;
  cancel.disabled = !on;
  copy.disabled = on || results.length === 0;
}

/** Ends the worker, if there is one: what it was at is lost. */
function end(): void {
  worker?.terminate();
  worker = undefined;
  markRow(undefined);
  busy(false);
}

function start(): void {
  end();
  results = [];
  clearTable();
  progress.value = 0;
  busy(true);
  origin(`Measured here, in ${agentOf(navigator)}.`, false);
  status("The engine is loading.");
  worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<BenchMessage>) => take(data));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    end();
    status(`The measurement could not go on: ${event.message || "the worker did not load"}.`);
  });
}

function take(message: BenchMessage): void {
  if (message.type === "clock") {
    step = message.step;
    const [value, unit] = step >= 1e6 ? [step / 1e6, "ms"] : [step / 1e3, "µs"];
    const length = Math.round(message.length / 1e6);
    write(
      byId("clock"),
      `This browser's clock takes steps of ${Number(value.toPrecision(2))} ${unit}; a sample lasts ${length} ms or more.`,
    );
  } else if (message.type === "started") {
    markRow(message.id);
    status(`Measuring ${results.length + 1} of ${catalogue.length}: ${catalogue.find(({ id }) => id === message.id)?.name ?? ""}.`);
  } else if (message.type === "row") {
    results.push(message.result);
    showResult(message.result);
    progress.value = results.length;
  } else {
    end();
    const failed = results.filter(({ failed }) => failed !== undefined).length;
    const report: Report = { results, agent: agentOf(navigator), step, at: Date.now() };
    hash = encodeReport(report);
    history.replaceState(null, "", hash);
    status(`Done: ${results.length} rows${failed > 0 ? `, ${failed} of them failed` : ""}. The address of this page holds the results.`);
  }
}

/** Shows what the address holds. */
function open(): void {
  end();
  clearTable();
  results = [];
  progress.value = 0;
  const held = decodeReport(location.hash);
  if (held === undefined) {
    origin("Nothing is measured yet.", false);
    status("Press Run: it takes about ten seconds.");
  } else if ("fault" in held) {
    origin("Nothing is measured yet.", false);
    status(`The address was not understood: ${held.fault}.`);
  } else {
    const { report } = held;
    results = report.results;
    hash = encodeReport(report);
    for (const result of results) showResult(result);
    origin(`Measured elsewhere: ${report.agent || "a browser"}, on ${new Date(report.at).toISOString().slice(0, 10)}.`, true);
    write(byId("clock"), `That browser's clock took steps of ${Number((report.step / 1e3).toPrecision(2))} µs.`);
    status("These numbers came with the link. Press Run to measure here.");
  }
  busy(false);
}

async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(new URL(hash, location.href).href);
    status("The link is copied.");
  } catch {
    status("The browser does not let the page copy: take the link from the address bar.");
  }
}

startTheme();
startTable();
progress.max = catalogue.length;
run.addEventListener("click", start);
cancel.addEventListener("click", () => {
  end();
  status(`Cancelled after ${results.length} of ${catalogue.length} rows.`);
});
copy.addEventListener("click", copyLink);
for (const id of ["main", "foot"]) byId(id).hidden = false;
addEventListener("hashchange", () => {
  // Only for another report: the address also changes by a link to a place in the page.
  if (decodeReport(location.hash) !== undefined) open();
});
open();
