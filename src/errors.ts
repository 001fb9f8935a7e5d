/**
 * What went wrong, for programs. The codes are stable: a new one may come, none changes its meaning.
 *
 * | code | meaning |
 * |---|---|
 * | `ERR_ARGUMENT` | an argument has the wrong type or is outside its domain |
 * | `ERR_DIMENSION` | a vector has another length than the layer was made for |
 * | `ERR_NOT_FINITE` | NaN or an infinity where a number is needed |
 * | `ERR_KEY` | a key is empty or too long |
 * | `ERR_NOT_FOUND` | a key, id, edge, stream or series is not known |
 * | `ERR_MEMORY` | the memory limit is reached; nothing was changed |
 * | `ERR_FULL` | a count has reached the most its field can hold; nothing was changed |
 * | `ERR_WASM` | the WebAssembly module given or embedded cannot be used here |
 * | `ERR_POISONED` | the layer's module trapped before; its state cannot be trusted |
 * | `ERR_DISPOSED` | the layer or engine was disposed |
 * | `ERR_SNAPSHOT` | a snapshot or filter file is damaged, of another kind, or of another version |
 * | `ERR_CHANGED` | what an iterator goes through was changed since it began |
 * | `ERR_INPUT` | a file, stream or repository to learn from cannot be read |
 */
export type ErrorCode =
  | "ERR_ARGUMENT"
  | "ERR_DIMENSION"
  | "ERR_NOT_FINITE"
  | "ERR_KEY"
  | "ERR_NOT_FOUND"
  | "ERR_MEMORY"
  | "ERR_FULL"
  | "ERR_WASM"
  | "ERR_POISONED"
  | "ERR_DISPOSED"
  | "ERR_SNAPSHOT"
  | "ERR_CHANGED"
  | "ERR_INPUT";

/** The one class of error that this package throws. */
export class MfnError extends Error {
  /** Always "MfnError", also where classes are minified. */
  override readonly name = "MfnError";
  /** What went wrong, for programs. */
  readonly code: ErrorCode;

  /**
   * An error of this package.
   * @param code what went wrong
   * @param message the same in words: what was expected, and what came
   * @param options `cause`: the error beneath it
   */
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** A value as an error message shows it: short, and telling strings from numbers. */
export function show(value: unknown): string {
  if (typeof value === "string") return value.length > 40 ? `"${value.slice(0, 40)}…" (${value.length} characters)` : JSON.stringify(value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.byteLength} bytes)`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "object" && value !== null) return value.constructor?.name ?? "an object";
  return String(value);
}

/** The error for an argument that is not what was expected; names the argument, what was expected and what came. */
export function badArgument(name: string, expected: string, got: unknown, code: ErrorCode = "ERR_ARGUMENT"): MfnError {
  return new MfnError(code, `${name}: expected ${expected}, got ${show(got)}`);
}

/** The error for an id or key that is not known. */
export function notFound(what: string, got: unknown): MfnError {
  return new MfnError("ERR_NOT_FOUND", `no such ${what}: ${show(got)}`);
}
