// The layers together: what the engine knows of what comes next beside each layer alone and simple methods, what the adaptive strategy leaves out, and what
// calls cost. Each part also runs alone, from source: `--source flow/next-click`.
import type { Bench } from "../harness.js";
import { accessLog } from "./flow/access-log.js";
import { calls } from "./flow/calls.js";
import { coChange } from "./flow/co-change.js";
import { large } from "./flow/large.js";
import { nextClick } from "./flow/next-click.js";
import { strategies } from "./flow/strategies.js";

export default async function flow(b: Bench): Promise<void> {
  for (const part of [calls, large, nextClick, accessLog, coChange, strategies]) await part(b);
}
