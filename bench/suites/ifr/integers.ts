// Small integers: what a Map is made for. The row is here to say when not to use IFR.
import { FixedIfr } from "mfn/ifr";
import type { Bench } from "../../harness.js";
import { count, QUERIES } from "./keys.js";

/** The rows of small integers. */
export async function integers(b: Bench): Promise<void> {
  for (const n of b.quick ? [5000] : [10_000, 1_000_000]) {
    const registry = FixedIfr.createSync({ width: 8, capacity: n, seed: 7 });
    const { columns } = registry;
    const words = new Uint32Array(columns.keys.buffer, columns.keys.byteOffset, columns.keys.length >> 2);
    const put = (i: number, value: number) => {
      words[2 * i] = value;
      words[2 * i + 1] = 0;
    };
    for (let from = 0; from < n; from += columns.capacity) {
      const part = Math.min(columns.capacity, n - from);
      for (let i = 0; i < part; i++) put(i, 7 * (from + i));
      registry.insertMany(part);
    }
    const map = new Map(Array.from({ length: n }, (_, i) => [7 * i, i]));
    let start = 0;
    const at = (i: number) => 7 * ((start + i * 7919) % n) + (i & 1);
    const ours = () => {
      start += 17;
      let hits = 0;
      for (let from = 0; from < QUERIES; from += 4096) {
        for (let i = 0; i < 4096; i++) put(i, at(from + i));
        hits += registry.lookupMany(4096);
      }
      return hits;
    };
    const theirs = () => {
      start += 17;
      let hits = 0;
      for (let i = 0; i < QUERIES; i++) if (map.has(at(i))) hits++;
      return hits;
    };
    const check = () => registry.size === n && Math.abs(ours() - theirs()) <= QUERIES / 100;
    await b.compare({ case: `id of small integers, ${count(n)}, batch`, n: QUERIES, peer: "Map.has", check, ours, theirs });
    registry.dispose();
  }
}

export default integers;
