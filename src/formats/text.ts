import type { Operation } from "../engine/operations.js";
import { MfnError } from "../errors.js";
import { type AccessLogOptions, accessLogParser } from "./access-log.js";
import { type CsvOptions, csvParser } from "./csv.js";
import { detectFormat } from "./detect.js";
import { type NdjsonOptions, ndjsonParser } from "./ndjson.js";
import { addMalformed, checkText, type FormatReport, type LineFormat, type LineParser, longestLine, newReport } from "./report.js";

/** Options of every format, and: */
export interface TextOptions extends Omit<AccessLogOptions, "dimensions">, CsvOptions, Omit<NdjsonOptions, "dimensions"> {
  /** What the text is; found out by `detectFormat` if left out. */
  format?: LineFormat;
  /** What to call the text in the report; default "text". */
  source?: string;
}

/** A text that is read: its operations, which can be taken once, and what was read so far. */
export interface TextReading {
  /** Grows while operations are taken. */
  readonly report: FormatReport;
  /** All operations, in the order of the lines. */
  operations(): IterableIterator<Operation>;
}

/** The parser of a format. @throws MfnError `ERR_ARGUMENT` for a format that does not exist, or a bad option */
export function lineParser(
  format: LineFormat,
  report: FormatReport<string>,
  options: Omit<TextOptions, "format" | "source"> = {},
): LineParser {
  switch (format) {
    case "access-log":
      return accessLogParser(report, options);
    case "csv":
      return csvParser(report, options);
    case "ndjson":
      return ndjsonParser();
    default:
      throw new MfnError("ERR_ARGUMENT", `format: expected access-log, csv or ndjson, got ${String(format)}`);
  }
}

/**
 * Reads a text: an access log, CSV or NDJSON. Lines are read as their operations are taken, so that a long text can be read in slices.
 *
 * @throws MfnError `ERR_INPUT` if the format is not given and cannot be found out; `ERR_ARGUMENT`
 * @example
 * const { operations, report } = readText("user,page\nann,/tea\nann,/cups\n");
 * const keys = Array.from(operations(), (operation) => (operation.op === "observe" ? operation.key : ""));
 * keys.filter((key) => key !== ""); // ["/tea", "/cups"]
 * report.lines; // 3
 */
export function readText(text: string, options: TextOptions = {}): TextReading {
  checkText(text);
  const { source = "text", format = detectFormat(text), ...rest } = options;
  if (format === undefined) {
    throw new MfnError("ERR_INPUT", `${source}: expected an access log, NDJSON or CSV with a column of keys in its header`);
  }
  const report = newReport(format);
  const parser = lineParser(format, report, rest);
  const operations = linesOf(text, parser, report, source);
  return { report, operations: () => operations };
}

function* linesOf(text: string, parser: LineParser, report: FormatReport, source: string): Generator<Operation> {
  const operations: Operation[] = [];
  for (let from = text.charCodeAt(0) === 0xfeff ? 1 : 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end;
    const line = text.slice(from, text.charCodeAt(to - 1) === 13 && to > from ? to - 1 : to);
    from = to + 1;
    parseLine(line.length > longestLine ? null : line, parser, report, source, operations);
    for (const operation of operations) {
      report.operations++;
      yield operation;
    }
    operations.length = 0;
  }
  parseEnd(parser, report, source, operations);
  for (const operation of operations) {
    report.operations++;
    yield operation;
  }
}

/** Counts and parses a line, null standing for one that was too long to keep; its operations are appended to `into`. */
export function parseLine(line: string | null, parser: LineParser, report: FormatReport<string>, source: string, into: Operation[]): void {
  report.lines++;
  const why =
    line === null
      ? `longer than ${longestLine} bytes`
      : line.trim() !== "" || parser.blankLines === true
        ? parser.line(line, into)
        : undefined;
  if (why !== undefined) addMalformed(report, source, report.lines, why);
}

/** Ends the input. */
export function parseEnd(parser: LineParser, report: FormatReport<string>, source: string, into: Operation[]): void {
  const why = parser.end(into);
  if (why !== undefined) addMalformed(report, source, report.lines, why);
}
