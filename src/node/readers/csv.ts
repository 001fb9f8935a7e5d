import { csvParser, type CsvOptions as Options } from "mfn/formats";
import { lineReader } from "./drive.js";
import type { LineSource } from "./lines.js";
import { newReport, type Reader, type ReaderOptions } from "./report.js";

/** Options of `readCsv`. */
export interface CsvOptions extends ReaderOptions, Options {}

/**
 * Reads CSV with a header, as `csvParser` of `mfn/formats` does. Memory: one string a distinct key.
 *
 * @param lines a stream of bytes, or one line an item
 */
export function readCsv(lines: LineSource, options: CsvOptions = {}): Reader {
  const report = newReport("csv");
  return lineReader(lines, options.source ?? "records", report, options, csvParser(report, options));
}
