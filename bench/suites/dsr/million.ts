import type { Bench } from "../../harness.js";
import { clusters } from "../../vectors.js";
import { one } from "./index.js";

/** A million vectors of 128 numbers: a part of its own, as drawing them and searching them all takes a while, and 2 GB of memory. */
export default async function (b: Bench): Promise<void> {
  await one(b, clusters(b.quick ? 20_000 : 1_000_000, 128, "l2", 100, 4096));
}
