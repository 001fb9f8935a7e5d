import type { Operation } from "mfn";

/** A piece of input that could not be understood. */
export interface Malformed {
  /** The file, or what the input was called. */
  source: string;
  /** Number of the line, from 1; 0 where there are no lines (a file of a tree). */
  line: number;
  why: string;
}

/** What a reader has read. It grows while its operations are taken. */
export interface ReadReport {
  format: "access-log" | "git" | "ndjson";
  /** Lines read, malformed ones included; of a git repository commits, of a plain directory files. */
  lines: number;
  /** Operations given out. */
  operations: number;
  /** The first 20 malformed lines. */
  malformed: Malformed[];
  /** How many lines were malformed in all. */
  malformedCount: number;
  /** Sentences about the input as a whole that its reader should know: what was left out, and why. */
  notes: string[];
}

/** Real input as operations for an engine. */
export interface Reader {
  /**
   * The operations, in an order that depends on the input alone. Can be taken once. Leaving the loop early frees what is open.
   * Errors while iterating: `ERR_INPUT` if the input cannot be read further; the signal's reason if it was aborted.
   */
  operations(): AsyncIterable<Operation>;
  readonly report: ReadReport;
}

/** Options of every reader. */
export interface ReaderOptions {
  /** What to call the input in the report. */
  source?: string;
  /** Ends the reading with the signal's reason. */
  signal?: AbortSignal;
  /** Called now and then, and once at the end; `fraction` is how much is done, in [0, 1], where that is known. */
  onProgress?: (report: ReadReport, fraction?: number) => void;
  /** How much of the input is read, in [0, 1], for `onProgress`; a reader that knows it better does not ask. */
  fraction?: () => number | undefined;
}

/** Options of readers that make vectors of text. */
export interface VectorOptions {
  /** Length of the vectors; default 128. 0 makes none. */
  dimensions?: number;
  /** Seed of the hash that makes them; default 0. */
  hashSeed?: number;
}

/** How many malformed lines a report keeps. */
const KEPT = 20;

/** The longest key, stream or series name in UTF-8 bytes that an engine takes. */
export const longestName = 65535;

/** An empty report. */
export function newReport(format: ReadReport["format"]): ReadReport {
  return { format, lines: 0, operations: 0, malformed: [], malformedCount: 0, notes: [] };
}

/** Counts a malformed line and keeps the first ones. */
export function addMalformed(report: ReadReport, source: string, line: number, why: string): void {
  report.malformedCount++;
  if (report.malformed.length < KEPT) report.malformed.push({ source, line, why });
}

/** A text from the input as a report shows it: one short line without control characters. */
export function excerpt(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(short);
}

/** A JSON value as a report shows it. */
export function shown(value: unknown): string {
  if (typeof value === "string") return excerpt(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** A count and its noun: "1 commit", "2 commits". */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The reason why a name cannot be a key, stream or series of an engine; undefined if it can. */
export function badName(name: string): string | undefined {
  if (name === "") return "is empty";
  // A UTF-16 unit is at most three bytes of UTF-8, so that most names need not be measured.
  if (name.length * 3 > longestName && Buffer.byteLength(name) > longestName) return `is longer than ${longestName} bytes`;
  return undefined;
}
