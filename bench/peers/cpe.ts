// CPE against what npm has for the next event: a compact prediction tree and Active LeZi, on the sets of IPredict and made ones, and for
// text PPMd: quality beside time.
import { sequence } from "../data.js";
import type { Bench } from "../harness.js";
import { bmsSet, leviathanSet, type SequenceSet, signSet } from "../sequences/sets.js";
import { eachNext } from "./cpe-lempel-ziv.js";
import { bytes } from "./cpe-text.js";
import { endOfSession } from "./cpe-tree.js";

export default async function (b: Bench): Promise<void> {
  const sets = b.quick ? [] : [bmsSet(), signSet(), leviathanSet()];
  if (sets.includes(undefined) || b.quick) b.log("public sets skipped: a smoke run, or they are not here (MFN_DATA)");
  for (const set of [madeSessions(b.quick ? 200 : 2000), ...sets]) {
    if (set === undefined) continue;
    await endOfSession(b, set);
    await eachNext(b, set);
  }
  await bytes(b);
}

/** Ten events each, from one source. */
function madeSessions(count: number): SequenceSet {
  const events = sequence(count * 10, 200);
  const sequences = Array.from({ length: count }, (_, i) => [...events.subarray(i * 10, (i + 1) * 10)]);
  return { name: "made sessions", sequences, window: 5, consequent: 1 };
}
