import type { Bench } from "../harness.js";
import { type SpeedPeer, speed } from "../suites/ifr/cache.js";
import { label, peer } from "./load.js";

interface Lru {
  LRUCache: new (options: { max: number }) => ReturnType<SpeedPeer["make"]>;
}

export default cache;

/** The cache beside lru-cache. */
export async function cache(b: Bench): Promise<void> {
  const lru = await peer<Lru>(b, "lru-cache");
  if (lru === undefined) return;
  const theirs = { name: label("lru-cache"), make: (max: number) => new lru.LRUCache({ max }) };
  for (const n of b.quick ? [2000] : [2000, 10_000, 1_000_000]) await speed(b, n, theirs);
}
