// Writing and loading snapshots (snapshot-header.ts says what their bytes mean). The image is the state itself, so it is loaded
// without a parse: read into the memory of a fresh instance, summed on the way. A module keeps nothing outside its image but
// notes on what lies above it, which are right for every image in an instance that is fresh; see `take`.

import { badArgument, MfnError } from "../errors.js";
import type { Bytes } from "../types.js";
import { type Checksum, checksumOver } from "./checksum.js";
import { type Kernel, type KernelExports, limitBytes, WINDOW, WINDOW_BYTES } from "./kernel.js";
import {
  ARENA,
  CHECKSUM,
  checksumOf,
  damaged,
  decodeHeader,
  encodeHeader,
  foreign,
  HEADER_BYTES,
  MOST,
  type SnapshotHeader,
  type SnapshotKind,
  setChecksum,
} from "./snapshot-header.js";
import { openSource, openSourceSync, type SnapshotBytes, type SnapshotInput, type SnapshotReader, type Source } from "./snapshot-source.js";
import type { WasmSource } from "./source.js";

/** Where the image has its limit. */
const LIMIT = ARENA + 4;
/** Bytes that are read at once: few enough to be summed while they are in the processor's cache. */
const STEP = 0x4_0000;

/** Options of loading a snapshot. */
export interface LoadOptions {
  /** The most bytes the state may take from now on; default: the limit it had. */
  maxBytes?: Bytes;
  /** Where the layer's WebAssembly comes from; default: the binary embedded in the package. */
  wasm?: WasmSource;
}

/** The state of a layer as a file. O(bytes); a copy, and the checksum at about the speed of memory. */
export function writeSnapshot<X extends KernelExports>(
  k: Kernel<X>,
  kind: SnapshotKind,
  seed: number,
  words: readonly [number, number] = [0, 0],
): Uint8Array<ArrayBuffer> {
  // First, so that a layer that is disposed or poisoned says so.
  const imageBytes = k.stateSize;
  const file = allocate(k, HEADER_BYTES + imageBytes);
  encodeHeader(file, kind, { seed, imageBytes, words });
  const sum = summedHeader(k, file.subarray(0, HEADER_BYTES));
  for (let at = 0; at < imageBytes; at += STEP) {
    const n = Math.min(STEP, imageBytes - at);
    file.set(k.u8.subarray(ARENA + at, ARENA + at + n), HEADER_BYTES + at);
    if (n === STEP) sum.update(ARENA + at, n);
  }
  const rest = imageBytes % STEP;
  setChecksum(file, sum.finish(ARENA + imageBytes - rest, rest));
  return file;
}

/**
 * A layer from a snapshot: reads and checks the header, then asks `make` for the kernel over a fresh instance, whose `init`
 * nobody calls, and puts the image into it. O(bytes).
 * @param maxBytes the most bytes the state may take from now on; default: the limit it had
 * @throws ERR_SNAPSHOT for a file that is damaged, of another kind or of another version; ERR_MEMORY if it does not fit;
 *   what the source throws
 */
export async function loadSnapshot<X extends KernelExports>(
  input: SnapshotInput | PromiseLike<SnapshotInput>,
  kind: SnapshotKind,
  maxBytes: Bytes | undefined,
  make: () => Promise<Kernel<X>>,
): Promise<Loaded<X>> {
  const source = await openSource(await input);
  try {
    const steps = loading<X>(source.size, kind, maxBytes);
    let step = steps.next();
    while (!step.done) step = steps.next("into" in step.value ? await source.read(step.value.into, step.value.position) : await make());
    return step.value;
  } finally {
    await source.close?.();
  }
}

/** The same at once, from bytes or a reader. */
export function loadSnapshotSync<X extends KernelExports>(
  input: SnapshotBytes | SnapshotReader,
  kind: SnapshotKind,
  maxBytes: Bytes | undefined,
  make: () => Kernel<X>,
): Loaded<X> {
  const source = openSourceSync(input);
  try {
    const steps = loading<X>(source.size, kind, maxBytes);
    let step = steps.next();
    while (!step.done) step = steps.next("into" in step.value ? source.read(step.value.into, step.value.position) : make());
    return step.value;
  } finally {
    source.close?.();
  }
}

/**
 * Puts the image of a snapshot in the place of a layer's state. Checked before the state is touched, so the source is read
 * twice and must not change meanwhile. Memory that the layer has used before is ready at once, where that of a fresh instance
 * comes from the system page by page: this is the fast way to load again and again.
 * @param words what the kind's words of the header must be
 * @throws as `loadSnapshot`; then the layer is as before. ERR_POISONED if a source that could be read once could not again
 */
export function restoreSnapshot<X extends KernelExports>(
  k: Kernel<X>,
  input: SnapshotBytes | SnapshotReader,
  kind: SnapshotKind,
  maxBytes?: Bytes,
  words: readonly [number, number] = [0, 0],
): SnapshotHeader {
  const source = openSourceSync(input);
  try {
    // First, so that a layer that is disposed or poisoned says so.
    k.x.scratch(0);
    const { file, header, limit } = run(beginning(source.size, kind, maxBytes), source);
    const { imageBytes } = header;
    if (words.some((word, i) => header.words[i] !== word)) throw foreign(kind.name, "form", header.words, words);
    const sum = summedHeader(k, file);
    const window = k.u8.subarray(WINDOW, WINDOW + WINDOW_BYTES);
    for (let at = 0; at < imageBytes; at += WINDOW_BYTES) {
      const n = Math.min(WINDOW_BYTES, imageBytes - at);
      run(fill(window.subarray(0, n), HEADER_BYTES + at, kind), source);
      if (at === 0) checkState(new Uint32Array(window.slice(0, 8).buffer), kind, imageBytes);
      if (n === WINDOW_BYTES) sum.update(WINDOW, n);
    }
    checkEnd(sum.finish(WINDOW, imageBytes % WINDOW_BYTES), file, kind);
    const end = ARENA + imageBytes;
    reach(k, end, end);
    try {
      for (let at = ARENA; at < end; at += STEP) {
        run(fill(k.u8.subarray(at, Math.min(at + STEP, end)), at - ARENA + HEADER_BYTES, kind), source);
      }
    } catch (error) {
      // Of two states a part each.
      throw k.fail(new WebAssembly.RuntimeError(`the snapshot could not be read again: ${(error as Error)?.message}`));
    }
    take(k, limit);
    return header;
  } finally {
    source.close?.();
  }
}

/** A kernel whose memory holds the image of a snapshot, and what its header says. */
export interface Loaded<X extends KernelExports> {
  readonly kernel: Kernel<X>;
  readonly header: SnapshotHeader;
}

/** What loading asks of its driver, which may have to wait for it: bytes of the source, or the kernel. */
type Request = { into: Uint8Array; position: number } | { kernel: true };

function* loading<X extends KernelExports>(
  size: Bytes | undefined,
  kind: SnapshotKind,
  maxBytes: Bytes | undefined,
): Generator<Request, Loaded<X>, number | Kernel<X>> {
  const { file, header, limit } = yield* beginning(size, kind, maxBytes);
  const { imageBytes } = header;
  const k = (yield { kernel: true }) as Kernel<X>;
  const end = ARENA + imageBytes;
  // Of a source of unknown size no more is believed than has come.
  reach(k, size === undefined ? Math.min(end, ARENA + STEP) : end, end);
  const sum = summedHeader(k, file);
  let at = ARENA;
  for (; end - at >= WINDOW_BYTES; at += WINDOW_BYTES) {
    reach(k, at + WINDOW_BYTES, end);
    // By way of the window, which stays in the cache, so that the bytes are summed as they are moved.
    yield* fill(k.u8.subarray(WINDOW, WINDOW + WINDOW_BYTES), at - ARENA + HEADER_BYTES, kind);
    sum.move(WINDOW, at, WINDOW_BYTES);
  }
  reach(k, end, end);
  yield* fill(k.u8.subarray(at, end), at - ARENA + HEADER_BYTES, kind);
  const more = yield { into: new Uint8Array(1), position: HEADER_BYTES + imageBytes };
  if (more !== 0) throw damaged(kind, "there are bytes behind its end");
  checkEnd(sum.finish(at, end - at), file, kind);
  checkState(k.u32.subarray(ARENA >>> 2, (ARENA >>> 2) + 2), kind, imageBytes);
  take(k, limit);
  return { kernel: k, header };
}

/** Reads and checks the header. */
function* beginning(size: Bytes | undefined, kind: SnapshotKind, maxBytes?: Bytes): Generator<Request, Beginning, unknown> {
  const limit = limitBytes(maxBytes);
  const file = new Uint8Array(HEADER_BYTES);
  yield* fill(file, 0, kind);
  const header = decodeHeader(file, size, kind);
  if (limit !== 0 && header.imageBytes > limit) {
    throw new MfnError("ERR_MEMORY", `${kind.name}: the snapshot has ${header.imageBytes} bytes of state, maxBytes is ${limit}`);
  }
  return { file, header, limit };
}

interface Beginning {
  file: Uint8Array<ArrayBuffer>;
  header: SnapshotHeader;
  /** The option maxBytes as modules take it. */
  limit: number;
}

/** Reads until `into` is full. */
function* fill(into: Uint8Array, position: number, kind: SnapshotKind): Generator<Request, void, unknown> {
  for (let done = 0; done < into.length; ) {
    const left = into.length - done;
    const n = (yield { into: into.subarray(done), position: position + done }) as number;
    if (n === 0) throw damaged(kind, `it ends after ${position + done} bytes`);
    if (!Number.isInteger(n) || n < 0 || n > left) throw badArgument("source.read", `to return an integer in [0, ${left}]`, n);
    done += n;
  }
}

/** The checksum of the file so far. The header goes through the window, which is nobody's state. */
function summedHeader<X extends KernelExports>(k: Kernel<X>, file: Uint8Array): Checksum {
  const sum = checksumOver(k.x.memory);
  k.u8.set(file, WINDOW);
  k.u8.fill(0, WINDOW + CHECKSUM, WINDOW + HEADER_BYTES);
  sum.start(0, 0);
  sum.update(WINDOW, HEADER_BYTES);
  return sum;
}

/** Makes the memory reach `need`; where it must grow, at least to twice its size, but not beyond `end`. */
function reach<X extends KernelExports>(k: Kernel<X>, need: number, end: number): void {
  const { memory } = k.x;
  const have = memory.buffer.byteLength;
  if (need <= have) return;
  try {
    memory.grow(Math.ceil((Math.max(need, Math.min(2 * have, end)) - have) / 0x1_0000));
  } catch {
    throw k.full(need - ARENA);
  }
}

function checkEnd(sum: bigint, file: Uint8Array<ArrayBuffer>, kind: SnapshotKind): void {
  if (sum !== checksumOf(file)) throw damaged(kind, "its checksum is wrong");
}

/** Compares the first words of an image with what its header says. */
function checkState(words: Uint32Array, kind: SnapshotKind, imageBytes: Bytes): void {
  const [end, most] = words as unknown as [number, number];
  if (end !== ARENA + imageBytes || most < end || most > MOST) throw damaged(kind, "its state contradicts its header");
}

/** Makes the image that is in its place the instance's state. */
function take<X extends KernelExports>(k: Kernel<X>, limit: number): void {
  if (limit !== 0) k.u32[LIMIT >>> 2] = Math.min(ARENA + limit, MOST);
  // The module's note `dirty`, the address from which memory is zero, is in a fresh instance before the end of the image. That
  // does no harm, since whatever writes above the end raises it; but this makes it what it is documented to be.
  k.x.scratch(0);
}

/** Drives steps that ask for bytes only. */
function run<T>(steps: Generator<Request, T, unknown>, source: Source<number>): T {
  let step = steps.next();
  while (!step.done) {
    const { into, position } = step.value as { into: Uint8Array; position: number };
    step = steps.next(source.read(into, position));
  }
  return step.value;
}

function allocate<X extends KernelExports>(k: Kernel<X>, bytes: Bytes): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(bytes);
  } catch {
    throw k.full(bytes);
  }
}
