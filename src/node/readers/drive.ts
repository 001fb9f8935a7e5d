import { MfnError, type Operation } from "mfn";
import { type LineSource, longestLine, readLines } from "./lines.js";
import { addMalformed, type Reader, type ReaderOptions, type ReadReport } from "./report.js";

/** `onProgress` is called once in so many lines. */
const progressEvery = 8192;

/** How one format makes operations of lines. */
export interface LineParser {
  /** Appends the operations of a line to `into`; returns why the line is malformed, if it is (nothing is appended then). */
  line(line: string, into: Operation[]): string | undefined;
  /** Appends what is left when the input ends, and completes the report. */
  end?(into: Operation[]): void;
}

/** A reader over an async generator that can be taken once. */
export function readerOf(report: ReadReport, source: string, generate: () => AsyncGenerator<Operation>): Reader {
  let taken = false;
  return {
    report,
    operations() {
      if (taken) throw new MfnError("ERR_INPUT", `${source} was read already: a reader gives its operations once`);
      taken = true;
      return generate();
    },
  };
}

/** A reader of lines. */
export function lineReader(lines: LineSource, source: string, report: ReadReport, options: ReaderOptions, parser: LineParser): Reader {
  const { signal, onProgress, fraction } = options;
  async function* generate(): AsyncGenerator<Operation> {
    const operations: Operation[] = [];
    for await (const batch of readLines(lines, source, signal)) {
      for (const line of batch) {
        report.lines++;
        if (line === null) addMalformed(report, source, report.lines, `longer than ${longestLine} bytes`);
        else if (line.trim() !== "") {
          const why = parser.line(line, operations);
          if (why !== undefined) addMalformed(report, source, report.lines, why);
        }
        if (operations.length > 0) {
          for (const operation of operations) {
            report.operations++;
            yield operation;
          }
          operations.length = 0;
        }
        if (report.lines % progressEvery === 0) {
          onProgress?.(report, fraction?.());
          signal?.throwIfAborted();
        }
      }
    }
    parser.end?.(operations);
    for (const operation of operations) {
      report.operations++;
      yield operation;
    }
    onProgress?.(report, 1);
  }
  return readerOf(report, source, generate);
}
