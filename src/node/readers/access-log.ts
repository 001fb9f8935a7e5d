import { accessLogParser, type AccessLogOptions as LogOptions } from "mfn/formats";
import { lineReader } from "./drive.js";
import type { LineSource } from "./lines.js";
import { newReport, type Reader, type ReaderOptions } from "./report.js";

/** Options of `readAccessLog`. */
export interface AccessLogOptions extends ReaderOptions, LogOptions {}

/**
 * Reads an access log in Common or Combined Log Format, as `accessLogParser` of `mfn/formats` does. Memory: one string a distinct key.
 *
 * @param lines a stream of bytes, or one line an item
 * @example for await (const operation of readAccessLog(createReadStream("access.log")).operations()) { ... }
 */
export function readAccessLog(lines: LineSource, options: AccessLogOptions = {}): Reader {
  const report = newReport("access-log");
  return lineReader(lines, options.source ?? "access log", report, options, accessLogParser(report, options));
}
