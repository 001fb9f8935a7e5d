// A thread of test/ifr/shared-fixed.test.ts: asks a shared registry until it is told to stop, and reports every wrong answer.
import { parentPort, workerData } from "node:worker_threads";
import { FixedIfrReader, type SharedFixedHandle } from "mfn/ifr";

type Data = { handle: SharedFixedHandle; stop: Int32Array; stay: Uint8Array; never: Uint8Array };
const { handle, stop, stay, never } = workerData as Data;
const wrong: string[] = [];
const note = (what: string) => {
  if (wrong.length < 10) wrong.push(what);
};
let rounds = 0;
try {
  const reader = FixedIfrReader.attach(handle);
  const { width } = reader;
  const count = stay.length / width;
  const ids = new Int32Array(count);
  const bits = new Uint8Array((count + 7) >> 3);
  parentPort!.postMessage("ready");
  for (; Atomics.load(stop, 0) === 0; rounds++) {
    if (reader.lookupMany(stay, ids) !== count || ids.some((id, i) => id !== i)) note("lookupMany(stay)");
    if (reader.lookupMany(never, ids) !== 0 || ids.some((id) => id !== -1)) note("lookupMany(never)");
    if (reader.hasMany(stay, bits) !== count || reader.hasMany(never, bits) !== 0) note("hasMany");
    reader.columns.keys.set(stay.subarray(0, 100 * width));
    if (reader.lookupMany(100) !== 100 || reader.columns.ids[99] !== 99) note("columns");
    for (let i = 0; i < 100; i++) {
      const at = (rounds * 31 + i) % count;
      if (reader.idOf(stay.subarray(at * width, (at + 1) * width)) !== at) note(`idOf(${at})`);
      if (reader.has(never.subarray(at * width, (at + 1) * width))) note(`has(${at})`);
      if (reader.keyOf(at)?.join() !== stay.subarray(at * width, (at + 1) * width).join()) note(`keyOf(${at})`);
    }
  }
  reader.detach();
} catch (error) {
  note(`${(error as { code?: string }).code}: ${(error as Error).message}`);
}
parentPort!.postMessage({ wrong, rounds });
