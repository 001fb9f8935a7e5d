import { MfnError } from "mfn";

/** Exit codes of the command line. */
export const Exit = {
  ok: 0,
  /** Something went wrong that none of the others names. */
  failure: 1,
  /** The command line was not understood. */
  usage: 2,
  /** An input cannot be read. */
  input: 3,
  /** What was asked for is not known, or there was nothing to learn. */
  notFound: 4,
  /** Interrupted. */
  interrupted: 130,
} as const;

/** The exit code for an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Error && error.name === "AbortError") return Exit.interrupted;
  if (!(error instanceof MfnError)) return Exit.failure;
  if (error.code === "ERR_INPUT") return Exit.input;
  if (error.code === "ERR_NOT_FOUND") return Exit.notFound;
  return error.code === "ERR_ARGUMENT" || error.code === "ERR_KEY" ? Exit.usage : Exit.failure;
}
