import type { Operation } from "mfn";
import { type FormatReport, type LineFormat, newReport as newFormatReport } from "mfn/formats";

export { addMalformed, badName, excerpt, type Malformed, plural, shown, type VectorOptions } from "mfn/formats";

/** What a reader has read. It grows while its operations are taken. Of a git repository lines are commits, of a plain directory files. */
export type ReadReport = FormatReport<LineFormat | "git">;

/** Real input as operations for an engine. */
export interface Reader {
  /**
   * The operations, in an order that depends on the input alone. Can be taken once. Leaving the loop early frees what is open.
   * Errors while iterating: `ERR_INPUT` if the input cannot be read further; the signal's reason if it was aborted.
   */
  operations(): AsyncIterable<Operation>;
  /** Grows while operations are taken. */
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

/** An empty report. */
export function newReport(format: ReadReport["format"]): ReadReport {
  return newFormatReport(format);
}
