import { ndjsonParser, type NdjsonOptions as Options } from "mfn/formats";
import { lineReader } from "./drive.js";
import type { LineSource } from "./lines.js";
import { newReport, type Reader, type ReaderOptions } from "./report.js";

/** Options of `readNdjson`. */
export interface NdjsonOptions extends ReaderOptions, Options {}

/**
 * Reads operations, one JSON object a line, as `ndjsonParser` of `mfn/formats` does.
 *
 * @param lines a stream of bytes, or one line an item
 */
export function readNdjson(lines: LineSource, options: NdjsonOptions = {}): Reader {
  return lineReader(lines, options.source ?? "operations", newReport("ndjson"), options, ndjsonParser(options));
}
