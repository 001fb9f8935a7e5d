// Real input as operations: access logs, CSV, git repositories, NDJSON.
export { type AccessLogOptions, readAccessLog } from "./access-log.js";
export { type CsvOptions, readCsv } from "./csv.js";
export { type GitOptions, readGit } from "./git.js";
export { type Change, type Changes, readChanges } from "./git-changes.js";
export type { LineSource } from "./lines.js";
export { type NdjsonOptions, readNdjson } from "./ndjson.js";
export { type OpenOptions, openInput } from "./open.js";
export type { Malformed, Reader, ReaderOptions, ReadReport, VectorOptions } from "./report.js";
