// The command line of a set of suites; needs Node.
import { cpus, loadavg } from "node:os";
import { clock, resolution } from "./clock.js";
import { Bench, type Row } from "./harness.js";
import { heading, json, line, totals } from "./report.js";

/** A module that holds one suite. */
export interface SuiteModule {
  default: (b: Bench) => Promise<void>;
}

/** Suites by name, loaded when they are run. */
export type Suites = Record<string, () => Promise<SuiteModule>>;

/** Where output goes: standard output and standard error, unless a test says otherwise. */
export interface Output {
  out: (text: string) => void;
  err: (text: string) => void;
}

const streams: Output = { out: (text) => process.stdout.write(`${text}\n`), err: (text) => process.stderr.write(`${text}\n`) };

/** What the figures were measured on, as they mean little without it. */
export function machineLine(): string {
  const all = cpus();
  const load = loadavg().map((value) => value.toFixed(2));
  const step = Math.round(resolution());
  return `node ${process.version}, ${process.platform} ${process.arch}, ${all[0]?.model.trim() ?? "unknown processor"}, ${all.length} cores, load ${load.join(" ")}, ${clock.kind} clock in steps of ${step} ns`;
}

/**
 * Runs suites.
 * @param suites what there is
 * @param args names of the suites to run (default: all), `--quick` for a smoke run, `--json` for lines of JSON on standard output
 * @returns the exit code: 0, 1 if a row failed, 2 if the arguments make no sense
 */
export async function run(suites: Suites, args: readonly string[], output: Output = streams): Promise<number> {
  const flags = args.filter((arg) => arg.startsWith("-"));
  const named = args.filter((arg) => !arg.startsWith("-"));
  const wrong = [
    ...flags.filter((flag) => flag !== "--json" && flag !== "--quick"),
    ...named.filter((name) => !Object.hasOwn(suites, name)),
  ];
  if (wrong.length > 0) {
    output.err(`bench: cannot make sense of ${wrong.join(", ")}\nusage: bench [${Object.keys(suites).join(" | ")}]... [--quick] [--json]`);
    return 2;
  }
  const asJson = flags.includes("--json");
  // Rows are the result; in JSON nothing else may come between them.
  const aside = asJson ? output.err : output.out;
  aside(machineLine());
  const rows: Row[] = [];
  for (const name of named.length > 0 ? named : Object.keys(suites)) {
    if (!asJson) output.out(heading(name));
    rows.push(...(await runSuite(name, suites[name], flags.includes("--quick"), asJson, output)));
  }
  aside(totals(rows));
  return rows.some((row) => row.failed !== undefined) ? 1 : 0;
}

async function runSuite(name: string, load: () => Promise<SuiteModule>, quick: boolean, asJson: boolean, output: Output): Promise<Row[]> {
  const onRow = (row: Row) => output.out(asJson ? json(row) : line(row));
  const onLog = (text: string) => (asJson ? output.err : output.out)(`# ${text}`);
  const b = new Bench(name, { quick, onRow, onLog });
  try {
    await (await load()).default(b);
  } catch (error) {
    b.fail("the suite stopped", error);
  }
  return b.rows;
}
