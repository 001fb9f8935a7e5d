// ALM against graphology, ngraph and cytoscape: the same graphs, the same pairs, answers compared. Each part also runs alone, from source.
// None of them has k shortest paths, disjoint paths, ranking from seeds or an index of routes.
import type { Bench } from "../harness.js";
import { internet } from "./alm/internet.js";
import { roads } from "./alm/roads.js";
import { scaleFree } from "./alm/scale-free.js";

export default async function (b: Bench): Promise<void> {
  for (const part of [internet, scaleFree, roads]) await part(b);
}
