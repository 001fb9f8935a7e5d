import { badArgument } from "../errors.js";
import type { Bytes } from "../types.js";

/** A snapshot that is in memory. */
export type SnapshotBytes = ArrayBuffer | Uint8Array;

/** Whatever bytes can be read from at a position: an open file, for example, which then is read straight into the layer's memory. */
export interface SnapshotReader {
  /** Bytes that can be read, from position 0 on. */
  readonly size: Bytes;
  /** Reads up to `into.length` bytes from `position` on. @returns how many; 0 at the end */
  read(into: Uint8Array, position: number): number;
  /** Called when the snapshot is loaded or refused. */
  close?(): void;
}

/** A snapshot that comes bit by bit. */
export type SnapshotStream = Response | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** What a snapshot is loaded from. */
export type SnapshotInput = SnapshotBytes | SnapshotReader | SnapshotStream;

/** The one form that loading knows: without a size it must be read from front to back. */
export interface Source<N> {
  readonly size: Bytes | undefined;
  read(into: Uint8Array, position: number): N;
  close?(): unknown;
}

/** A source to be read at once. @throws ERR_ARGUMENT if it is none */
export function openSourceSync(input: SnapshotBytes | SnapshotReader): Source<number> {
  const source = known(input);
  if (source === undefined) throw badArgument("source", "a Uint8Array, an ArrayBuffer or a reader { size, read }", input);
  return source;
}

/** A source that may have to be waited for. @throws ERR_ARGUMENT if it is none */
export async function openSource(input: SnapshotInput): Promise<Source<number | Promise<number>>> {
  const source = known(input);
  if (source !== undefined) return source;
  // Told by what they can do, not by their classes: to name Response makes Node load all of fetch.
  if (typeof input === "object" && input !== null) {
    if ("body" in input && input.body !== null) return fromIterator(chunksOf(input.body));
    if ("stream" in input) return fromIterator(chunksOf(input.stream()));
    if ("getReader" in input) return fromIterator(chunksOf(input));
    if (Symbol.asyncIterator in input) return fromIterator(input[Symbol.asyncIterator]());
  }
  throw badArgument("source", "bytes, a reader { size, read }, a Response, a Blob or a stream of Uint8Array", input);
}

function known(input: SnapshotInput): Source<number> | undefined {
  if (input instanceof ArrayBuffer) return fromBytes(new Uint8Array(input));
  if (input instanceof Uint8Array) return fromBytes(input);
  if (typeof input !== "object" || input === null || !("read" in input) || typeof input.read !== "function") return undefined;
  if (!Number.isSafeInteger(input.size) || input.size < 0) throw badArgument("source.size", "an integer of at least 0", input.size);
  return input;
}

function fromBytes(bytes: Uint8Array): Source<number> {
  return {
    size: bytes.length,
    read(into, position) {
      const part = bytes.subarray(position, position + into.length);
      into.set(part);
      return part.length;
    },
  };
}

/** The chunks of a stream. Not its own iterator, which not every browser has. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    // Ends the transfer if the rest is not wanted. What went wrong with the stream itself was thrown above.
    await reader.cancel().catch(() => {});
  }
}

function fromIterator(chunks: AsyncIterator<Uint8Array>): Source<Promise<number>> {
  let chunk: Uint8Array = new Uint8Array(0);
  return {
    size: undefined,
    async read(into) {
      while (chunk.length === 0) {
        const next = await chunks.next();
        if (next.done) return 0;
        if (!(next.value instanceof Uint8Array)) throw badArgument("source", "a stream of Uint8Array", next.value);
        chunk = next.value;
      }
      const part = chunk.subarray(0, into.length);
      into.set(part);
      chunk = chunk.subarray(part.length);
      return part.length;
    },
    close: () => chunks.return?.(),
  };
}
