import { type Mfn, MfnError, type Operation } from "mfn";
import { type OpenOptions, openInput } from "./readers/open.js";
import type { ReadReport } from "./readers/report.js";

/** What was learned from one input. */
export interface LearnReport extends ReadReport {
  /** The input, as it was named. */
  source: string;
  /** Operations that the engine refused, with the reason of the first. */
  refused: number;
  /** Why the first of them was refused; undefined if none was. */
  firstRefusal: string | undefined;
  /** Milliseconds for reading and learning together. */
  elapsed: number;
}

export interface LearnOptions extends OpenOptions {
  /** Every operation, in order, besides being learned. */
  onOperation?: (operation: Operation) => void;
}

/**
 * Teaches an engine all that an input says: a path of a file or directory, or "-" for standard input. An operation that the
 * engine refuses is counted, not fatal; running out of memory is.
 * @throws MfnError ERR_INPUT, ERR_MEMORY
 */
export async function learn(mfn: Mfn, input: string, options: LearnOptions = {}): Promise<LearnReport> {
  const began = performance.now();
  const reader = await openInput(input, options);
  let refused = 0;
  let firstRefusal: string | undefined;
  for await (const operation of reader.operations()) {
    try {
      mfn.apply(operation);
      options.onOperation?.(operation);
    } catch (error) {
      if (!(error instanceof MfnError) || error.code === "ERR_MEMORY" || error.code === "ERR_POISONED") throw error;
      refused++;
      firstRefusal ??= `operation ${reader.report.operations} (${operation.op}): ${error.message}`;
    }
  }
  return { source: input, ...reader.report, refused, firstRefusal, elapsed: performance.now() - began };
}
