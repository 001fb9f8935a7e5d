/**
 * Lines of text as operations for an engine: access logs, CSV and NDJSON. Portable: it reads strings, and knows no files.
 *
 * @module
 */
export { type ErrorCode, MfnError } from "./errors.js";
export { type AccessLogOptions, accessLogParser } from "./formats/access-log.js";
export { type CsvOptions, csvParser } from "./formats/csv.js";
export { detectFormat } from "./formats/detect.js";
export { type LogEntry, parseLogLine } from "./formats/log-line.js";
export { type NdjsonOptions, ndjsonParser } from "./formats/ndjson.js";
export {
  addMalformed,
  badName,
  excerpt,
  type FormatReport,
  type LineFormat,
  type LineParser,
  longestLine,
  type Malformed,
  newReport,
  plural,
  shown,
  type VectorOptions,
} from "./formats/report.js";
export { StepCounter } from "./formats/steps.js";
export { lineParser, parseEnd, parseLine, readText, type TextOptions, type TextReading } from "./formats/text.js";
export type { Milliseconds } from "./types.js";
