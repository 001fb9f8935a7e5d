// Where a run's events come from: the seeded sample, or the visitor's text. Both become operations by the same formats.
import { MfnError, type Milliseconds, type ObserveOperation, type Operation } from "mfn";
import { accessLogParser, detectFormat, type FormatReport, type LineParser, newReport, readText } from "mfn/formats";
import { anomalyEvents, logLine, shopLog } from "mfn/samples";
import { random } from "./random.js";
import { recordsOf } from "./records.js";

/** Length of the vectors of things: enough to tell the words of a few thousand paths apart, and a small input for the reservoir. */
export const DIMENSIONS = 64;
/** Length of the sample's steps of demand: some 60 requests on an average day. */
const SAMPLE_INTERVAL: Milliseconds = 15 * 60_000;
/** The sample begins on a Monday at six in the morning, when the shop wakes up. */
const SAMPLE_START: Milliseconds = Date.UTC(2025, 0, 6, 6);
/** Events that an anomaly puts in: as many as come in a quarter of an hour, within seconds. */
export const INJECTED = 60;
/** Lengths that a step of demand may have. */
const INTERVALS: readonly Milliseconds[] = [1, 5, 15, 60, 300, 900, 3600, 6 * 3600, 86_400, 7 * 86_400].map((seconds) => seconds * 1000);

/** One event, and the operations that come before the first one and between it and the next: all in the order of the source. */
export interface Step {
  before: Operation[];
  event: ObserveOperation & { at: Milliseconds };
  after: Operation[];
}

/** A stream of events that can be started again. */
export interface Source {
  /** Number of events; undefined if there is no end. */
  readonly total: number | undefined;
  /** Length of a step of demand. */
  readonly interval: Milliseconds;
  /** All events from the first one. */
  steps(): Iterator<Step, undefined>;
  /** What goes wrong where an anomaly is asked for: strange events at that time. `known` are keys seen so far. Equal arguments, equal events. */
  anomaly(seed: number, at: Milliseconds, known: readonly string[]): Step[];
}

/** Gathers operations into steps. What has no time gets one: an event a second after the last one's, anything else the last event's. */
class Gatherer {
  readonly #before: Operation[] = [];
  #open: Step | undefined;
  #at: Milliseconds;

  constructor(start: Milliseconds) {
    this.#at = start;
  }

  /** The step that an operation ends, if it does. */
  add(operation: Operation): Step | undefined {
    if (operation.op !== "observe") {
      (this.#open?.after ?? this.#before).push(operation.op === "forget" ? operation : { ...operation, at: operation.at ?? this.#at });
      return undefined;
    }
    const ended = this.#open;
    const at = operation.at ?? this.#at + 1000;
    this.#at = at;
    this.#open = { before: this.#before.splice(0), event: { ...operation, at }, after: [] };
    return ended;
  }

  /** The last step: nothing comes any more. */
  end(): Step[] {
    return this.#open === undefined ? [] : [this.#open];
  }
}

/** Steps of lines of an access log. */
function* stepsOfLines(lines: Iterable<string>, parser: LineParser): Generator<Step, undefined> {
  const gatherer = new Gatherer(SAMPLE_START);
  const operations: Operation[] = [];
  for (const line of lines) {
    operations.length = 0;
    parser.line(line, operations);
    for (const operation of operations) {
      const step = gatherer.add(operation);
      if (step !== undefined) yield step;
    }
  }
  yield* gatherer.end();
}

function* linesOf(events: Iterable<Parameters<typeof logLine>[0]>): Generator<string> {
  for (const event of events) yield logLine(event);
}

/** What a visitor's log is read with as well: what browsers fetch by themselves says nothing of what is wanted next. */
const LOG_OPTIONS = { dimensions: DIMENSIONS, skipAssets: true } as const;

/** Names of fields that hold it, the most common of all that are known (docs/formats.md). */
const COLUMNS = "key, item, page, path, url, event, product, action, name or id";

/** The sample: the access log of a shop, without end. */
export function sampleSource(seed: number): Source {
  const shop = { seed, start: SAMPLE_START };
  return {
    total: undefined,
    interval: SAMPLE_INTERVAL,
    steps: () => stepsOfLines(linesOf(shopLog(shop)), accessLogParser(newReport("access-log"), LOG_OPTIONS)),
    anomaly(anomalySeed, at) {
      // A scan for forgotten files, which are new keys, and a crowd on one page: both strange, each in its own way.
      const kinds = ["scan", "flood"] as const;
      const events = kinds.flatMap((kind) => anomalyEvents({ kind, seed: anomalySeed, at, events: INJECTED / 2, shop }));
      events.sort((a, b) => a.at - b.at);
      return [...stepsOfLines(linesOf(events), accessLogParser(newReport("access-log"), LOG_OPTIONS))];
    },
  };
}

/** What was read of a visitor's text. */
export interface ReadData {
  steps: Step[];
  report: FormatReport;
}

/**
 * Reads a text. The generator gives back control now and then, so that a long one does not block.
 * @throws MfnError `ERR_INPUT` for a text that is neither an access log nor NDJSON nor CSV
 */
export function* readData(name: string, text: string): Generator<undefined, ReadData> {
  const options = { ...LOG_OPTIONS, source: name };
  const records = yield* recordsOf(text);
  if (detectFormat(records ?? text) === undefined) {
    throw new MfnError("ERR_INPUT", `${name}: expected an access log, or CSV or NDJSON with a field that says what happened: ${COLUMNS}`);
  }
  const { operations, report } = readText(records ?? text, records === undefined ? options : { ...options, format: "csv" });
  const gatherer = new Gatherer(0);
  const steps: Step[] = [];
  let since = 0;
  for (const operation of operations()) {
    const step = gatherer.add(operation);
    if (step !== undefined) steps.push(step);
    if (++since % 512 === 0) yield undefined;
  }
  steps.push(...gatherer.end());
  if (records === undefined) return { steps, report };
  // The header is a line that the visitor has not written.
  const malformed = report.malformed.map((one) => ({ ...one, line: one.line - 1 }));
  return { steps, report: { ...report, format: "ndjson", lines: report.lines - 1, malformed } };
}

/** The visitor's events. */
export function ownSource({ steps }: ReadData): Source {
  return {
    total: steps.length,
    interval: intervalOf(steps),
    steps: () => steps.values() as Iterator<Step, undefined>,
    anomaly(seed, at, known) {
      const next = random(seed);
      return Array.from({ length: INJECTED }, (_, i): Step => {
        const strange = known.length === 0 || i % 2 === 0;
        const key = strange ? `strange ${Math.floor(next() * 1e6)}` : known[Math.floor(next() * known.length)];
        return { before: [], event: { op: "observe", stream: "intruder", key, at: at + i }, after: [] };
      });
    },
  };
}

/** The shortest interval that holds a dozen events on the average, and of which at most a thousand make up the data. */
function intervalOf(steps: readonly Step[]): Milliseconds {
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  for (const { event } of steps) {
    first = Math.min(first, event.at);
    last = Math.max(last, event.at);
  }
  const span = Math.max(0, last - first);
  const wanted = Math.max((span / Math.max(1, steps.length)) * 12, span / 1000);
  return INTERVALS.find((interval) => interval >= wanted) ?? INTERVALS[INTERVALS.length - 1];
}
