import { MfnError, type Operation } from "mfn";
import { type LineParser, parseEnd, parseLine } from "mfn/formats";
import { type LineSource, readLines } from "./lines.js";
import type { Reader, ReaderOptions, ReadReport } from "./report.js";

/** `onProgress` is called once in so many lines. */
const progressEvery = 8192;

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
        parseLine(line, parser, report, source, operations);
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
    parseEnd(parser, report, source, operations);
    for (const operation of operations) {
      report.operations++;
      yield operation;
    }
    onProgress?.(report, 1);
  }
  return readerOf(report, source, generate);
}
