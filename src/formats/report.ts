import type { Operation } from "../engine/operations.js";
import { badArgument } from "../errors.js";

/** A format of lines that can be read. */
export type LineFormat = "access-log" | "csv" | "ndjson";

/** A piece of input that could not be understood. */
export interface Malformed {
  /** The file, or what the input was called. */
  source: string;
  /** Number of the line, from 1; 0 where there are no lines (a file of a tree). */
  line: number;
  /** What was expected, or what came instead. */
  why: string;
}

/** What was read of an input. It grows while the input is read. */
export interface FormatReport<Format extends string = LineFormat> {
  /** What the input is. */
  format: Format;
  /** Lines read, malformed ones included. */
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

/** Options of formats that make vectors of text. */
export interface VectorOptions {
  /** Length of the vectors; default 128. 0 makes none. */
  dimensions?: number;
  /** Seed of the hash that makes them; default 0. */
  hashSeed?: number;
}

/** How one format makes operations of lines. */
export interface LineParser {
  /** Whether `line` is also to be called for lines without text; default false. */
  readonly blankLines?: boolean;
  /**
   * Appends the operations of a line, given without its end, to `into`; returns why the line is malformed, if it is (nothing is appended then). A line
   * that only begins a record gives neither.
   */
  line(line: string, into: Operation[]): string | undefined;
  /** Appends what is left when the input ends, and completes the report; returns why what was left is malformed, if it is. */
  end(into: Operation[]): string | undefined;
}

/** How many malformed lines a report keeps. */
const KEPT = 20;

/** The longest key, stream or series name in UTF-8 bytes that an engine takes. */
const longestName = 65535;

/** Longer lines, and records of several lines, are not kept; in UTF-16 units here, in bytes where a stream is read. */
export const longestLine = 1 << 20;

/** An empty report. */
export function newReport<Format extends string>(format: Format): FormatReport<Format> {
  return { format, lines: 0, operations: 0, malformed: [], malformedCount: 0, notes: [] };
}

/** Counts a malformed line and keeps the first ones. */
export function addMalformed(report: FormatReport<string>, source: string, line: number, why: string): void {
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

/** Checks that a text is a string. @throws MfnError ERR_ARGUMENT */
export function checkText(text: string): string {
  if (typeof text !== "string") throw badArgument("text", "a string", text);
  return text;
}

/** The reason why a name cannot be a key, stream or series of an engine; undefined if it can. */
export function badName(name: string): string | undefined {
  if (name === "") return "is empty";
  // A UTF-16 unit is at most three bytes of UTF-8, so that most names need not be measured.
  if (name.length * 3 > longestName && new TextEncoder().encode(name).length > longestName) return `is longer than ${longestName} bytes`;
  return undefined;
}
