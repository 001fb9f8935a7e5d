// IFR against what one uses without it: Map, Set, and for snapshots JSON. Each part also runs alone, from source.
import type { Bench } from "../harness.js";
import { cache } from "./ifr/cache.js";
import { filters } from "./ifr/filters.js";
import { fixed } from "./ifr/fixed.js";
import { integers } from "./ifr/integers.js";
import { large } from "./ifr/large.js";
import { snapshots } from "./ifr/snapshot.js";
import { strings } from "./ifr/strings.js";

export default async function ifr(b: Bench): Promise<void> {
  for (const part of [fixed, strings, filters, snapshots, cache, integers, large]) await part(b);
}
