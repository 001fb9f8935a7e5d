// A thread of test/ifr/shared.test.ts: asks a shared registry until it is told to stop, and reports every wrong answer.
import { parentPort, workerData } from "node:worker_threads";
import { IfrReader } from "mfn/ifr";

const { handle, stop, stay, ids } = workerData as { handle: unknown; stop: Int32Array; stay: string[]; ids: Int32Array };
const wrong: string[] = [];
const note = (what: string) => {
  if (wrong.length < 10) wrong.push(what);
};
const counts = { single: 0, batch: 0 };
const sizes = new Set<number>();
try {
  const reader = IfrReader.attach(handle as Parameters<typeof IfrReader.attach>[0]);
  const mixed = stay.flatMap((key, i) => [key, `never ${i}`]);
  const out = new Int32Array(mixed.length);
  parentPort!.postMessage("ready");
  while (Atomics.load(stop, 0) === 0) {
    for (let i = 0; i < 200; i++) {
      const at = (counts.single++ * 7) % stay.length;
      if (reader.idOf(stay[at]!) !== ids[at]) note(`idOf(${stay[at]})`);
      if (reader.idOf(`never ${at}`) !== -1) note(`idOf(never ${at})`);
      if (reader.keyOf(ids[at]!) !== stay[at]) note(`keyOf(${ids[at]})`);
      if (!reader.mayHave(stay[at]!)) note(`mayHave(${stay[at]})`);
      sizes.add(reader.size);
    }
    reader.idsOf(mixed, out);
    counts.batch++;
    for (let i = 0; i < stay.length; i++) {
      if (out[2 * i] !== ids[i]) note(`idsOf: ${stay[i]} is ${out[2 * i]}`);
      if (out[2 * i + 1] !== -1) note(`idsOf: never ${i} is ${out[2 * i + 1]}`);
    }
    if (reader.idLimit < stay.length) note("idLimit");
  }
  reader.detach();
} catch (error) {
  note(`${(error as { code?: string }).code}: ${(error as Error).message}`);
}
parentPort!.postMessage({ wrong, ...counts, sizes: sizes.size });
