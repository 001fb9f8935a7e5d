// ALM against typed arrays and Maps that do the same in plain JavaScript: routes, walks, ranking, changes, memory; and multi-hop recall. Each part also runs
// alone, from source: `--source alm/routes`.
import type { Bench } from "../harness.js";
import { memory } from "./alm/memory.js";
import { multihop } from "./alm/multihop.js";
import { paths } from "./alm/paths.js";
import { rank } from "./alm/rank.js";
import { reweight } from "./alm/reweight.js";
import { routes } from "./alm/routes.js";
import { updates } from "./alm/updates.js";
import { walks } from "./alm/walks.js";

export default async function alm(b: Bench): Promise<void> {
  for (const part of [routes, reweight, walks, rank, paths, updates, memory, multihop]) await part(b);
}
