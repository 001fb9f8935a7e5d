#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { Mfn, MfnError, type Operation } from "mfn";
import { ask, type Question } from "./commands/ask.js";
import { evaluateAndPrint, evaluateCoChangeAndPrint, historyOf, type Protocol } from "./commands/eval.js";
import { printLearned } from "./commands/learn.js";
import { printAccessLog } from "./commands/sample.js";
import { Exit, exitCodeOf } from "./exit.js";
import { type LearnReport, learn } from "./learn.js";
import { Output } from "./output.js";
import { settle } from "./settle.js";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

/** Options that every command has. */
interface Common {
  json?: boolean;
  dimensions: number;
  format?: "access-log" | "csv" | "git" | "ndjson";
}

interface AskOptions extends Common {
  from: string[];
  stream?: string;
  series?: string;
  horizon: number;
  to?: string;
  k: number;
}

const abort = new AbortController();
let hearing = false;
// A reader that goes away (`| head`) ends the program without a complaint; warnings that nobody reads do not.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") process.stderr.write(`mfn: cannot write: ${error.message}\n`);
  process.exit(error.code === "EPIPE" ? Exit.ok : Exit.failure);
});
process.stderr.on("error", () => undefined);

const program = new Command("mfn")
  .description("Memory Flow Network: learns from logs, git repositories or operations, and answers from what it learned.")
  .version(version)
  .exitOverride()
  .addHelpText(
    "after",
    `
An input is a directory (a git repository, or any folder of files), an access log in Common or Combined Log Format, CSV with a header,
or a file of operations, one JSON object a line; "-" is standard input; what is gzipped is unzipped.

Exit codes: 0 done, 1 failed, 2 usage, 3 an input cannot be read, 4 not known or nothing to learn, 130 interrupted.`,
  );

common(program.command("learn").description("learn from inputs and say what was learned"))
  .argument("<input...>", "what to learn from")
  .action(async (inputs: string[], options: Common) => {
    const out = new Output(options.json ?? false);
    const { mfn, reports } = await learnFrom(inputs, options, out);
    printLearned(mfn, reports, out);
    if (mfn.size === 0) process.exitCode = Exit.notFound;
  });

common(program.command("ask").description("learn from inputs, then answer: exact, similar, associated, predicted next, forecast"))
  .argument("[question]", "a key, or any text to find similar things by")
  .requiredOption("--from <input>", "what to learn from; can be given several times", several)
  .option("--stream <name>", "ask what comes next in this stream")
  .option("--to <key>", "also find the way to this key")
  .option("--series <name>", "series to forecast (default: that of the key, else the first)")
  .option("--horizon <steps>", "steps to forecast", integer(1, 4096), 7)
  .option("-k, --k <n>", "results of each kind", integer(1, 65535), 5)
  .action(async (text: string | undefined, options: AskOptions) => {
    const out = new Output(options.json ?? false);
    const { mfn } = await learnFrom(options.from, options, out);
    const { stream, series, horizon, to, k } = options;
    const question: Question = { text, stream, series, horizon, to, k };
    if (!ask(mfn, question, options.dimensions, out)) process.exitCode = Exit.notFound;
  });

common(program.command("eval").description("learn the first part of the streams, predict the last part, beside baselines"))
  .argument("<input...>", "what to learn from")
  .option("--holdout <share>", "share of the events that is predicted, in (0, 1)", share, 0.2)
  .addOption(
    new Option(
      "--protocol <name>",
      "what is predicted: the next event of a stream, or what else a commit changes (default: by the input)",
    ).choices(["next-event", "co-change"]),
  )
  .action(async (inputs: string[], options: Common & { holdout: number; protocol?: Protocol }) => {
    const out = new Output(options.json ?? false);
    await evaluateInputs(inputs, options, out);
  });

common(program.command("run").description("the whole tour on one input: learn, ask, eval"))
  .argument("[input]", "what to learn from", ".")
  .action(async (input: string, options: Common) => {
    const out = new Output(options.json ?? false);
    out.heading(`mfn learn ${input}`);
    const { mfn, reports, operations } = await learnFrom([input], options, out, true);
    printLearned(mfn, reports, out);
    const question = typicalQuestion(mfn, operations);
    if (question === undefined) {
      out.warn(`nothing was observed in ${input}`);
      process.exitCode = Exit.notFound;
      return;
    }
    const { key, stream } = question;
    out.heading(`mfn ask --from ${input} --stream ${JSON.stringify(stream)} ${JSON.stringify(key)}`);
    ask(mfn, { text: key, stream, horizon: 7, k: 5 }, options.dimensions, out);
    out.heading(`mfn eval ${input}`);
    await evaluateInputs([input], { ...options, holdout: 0.2 }, out, operations);
  });

program
  .command("sample")
  .description("print sample data of a seeded model: the access log of a shop (see docs/flow-data.md)")
  .addArgument(new Argument("<what>", "what to print").choices(["access-log"]))
  .option("--seed <n>", "equal seeds give equal data", integer(0, 0xffffffff), 0)
  .option("--events <n>", "requests", integer(0, Number.MAX_SAFE_INTEGER), 20_000)
  .action(async (_what: string, options: { seed: number; events: number }) => {
    hearInterrupt();
    await printAccessLog(options, process.stdout, abort.signal);
  });

program
  .command("bench")
  .description("run the micro-benchmarks on this machine")
  .argument("[suite...]", "suites to run (default: all)")
  .option("--json", "print JSON lines")
  .option("--quick", "few and short samples: a smoke run")
  .action(async (suites: string[], options: { json?: boolean; quick?: boolean }) => {
    const { main } = await import(new URL("../bench/main.js", import.meta.url).href);
    const flags = [options.json && "--json", options.quick && "--quick"].filter((flag) => typeof flag === "string");
    process.exitCode = await main([...suites, ...flags]);
  });

/** Adds the options that every command on inputs has. */
function common(command: Command): Command {
  return command
    .option("--json", "print JSON lines instead of text")
    .option("--dimensions <n>", "length of the vectors", integer(1, 65536), 128)
    .addOption(new Option("--format <name>", "what the inputs are (default: found out)").choices(["access-log", "csv", "git", "ndjson"]));
}

function engineOptions({ dimensions }: Common) {
  return { dimensions };
}

/** The first Ctrl-C ends long work in good order, a second one the process. */
function hearInterrupt(): void {
  if (hearing) return;
  hearing = true;
  process.once("SIGINT", () => abort.abort());
}

/** Evaluates by the protocol that is asked for or fits the input. What was learned from the inputs before, if it was, is `operations`. */
async function evaluateInputs(
  inputs: string[],
  options: Common & { holdout: number; protocol?: Protocol },
  out: Output,
  operations?: readonly Operation[],
): Promise<void> {
  const { holdout, protocol, format, dimensions } = options;
  const how = { holdout, signal: abort.signal };
  hearInterrupt();
  const history = await historyOf(inputs, protocol, { format, dimensions, signal: abort.signal });
  const scored =
    history === undefined
      ? await evaluateAndPrint(operations ?? (await learnFrom(inputs, options, out, true)).operations, engineOptions(options), how, out)
      : await evaluateCoChangeAndPrint(history, engineOptions(options), how, out);
  if (scored === 0) process.exitCode = Exit.notFound;
}

async function learnFrom(inputs: string[], options: Common, out: Output, keep = false) {
  hearInterrupt();
  const mfn = await Mfn.create(engineOptions(options));
  const reports: LearnReport[] = [];
  const operations: Operation[] = [];
  for (const input of inputs) {
    const report = await learn(mfn, input, {
      format: options.format,
      dimensions: options.dimensions,
      signal: abort.signal,
      onProgress: (report, fraction) => out.progress(`learning ${input}: ${report.lines} read`, fraction),
      onOperation: keep ? (operation) => operations.push(operation) : undefined,
    });
    out.clear();
    if (report.malformedCount > 0) out.warn(`${input}: ${report.malformedCount} of ${report.lines} lines malformed`);
    reports.push(report);
  }
  return { mfn, reports, operations };
}

/** The latest event whose key is connected to something, or the latest at all: what a question about this input may look like. */
function typicalQuestion(mfn: Mfn, operations: readonly Operation[]): { key: string; stream: string } | undefined {
  const observed = operations.filter((operation) => operation.op === "observe");
  return observed.findLast(({ key }) => mfn.has(key) && mfn.associate(key, { k: 1 }).length > 0) ?? observed.at(-1);
}

/** Collects an option that can be given several times. (One that takes several values would swallow the argument after it.) */
function several(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function integer(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`Expected an integer from ${least} to ${most}.`);
    return value;
  };
}

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError("Expected a number between 0 and 1.");
  return value;
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? Exit.ok : Exit.usage;
  else {
    const out = new Output(false);
    out.warn(
      (error as Error).name === "AbortError"
        ? "mfn: interrupted"
        : error instanceof MfnError
          ? `mfn: ${error.message}`
          : String((error as Error).stack),
    );
    process.exitCode = exitCodeOf(error);
  }
}
await settle();
