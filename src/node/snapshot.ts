import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { MfnError } from "mfn";
import type { SnapshotReader } from "mfn/ifr";

/**
 * A snapshot in a file, for `load` and `loadSync`: it is read straight into the layer's memory, without a copy of the whole in
 * between, and closed when it is loaded or refused.
 * @throws ERR_INPUT for a file that cannot be opened
 *
 * @example
 * writeFileSync("keys.mfn", ifr.snapshot());
 * const again = Ifr.loadSync(fileSource("keys.mfn"));
 */
export function fileSource(path: string | URL): Required<SnapshotReader> {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (cause) {
    throw new MfnError("ERR_INPUT", `${path}: ${(cause as Error).message}`, { cause });
  }
  return {
    size: fstatSync(file).size,
    read: (into, position) => readSync(file, into, 0, into.length, position),
    close: () => closeSync(file),
  };
}
