// DSR against plain JavaScript on typed arrays: exact search, the similarity index, updates, the reservoir's steps; and what the reservoir
// is good for, on recorded speech. Each part also runs alone, from source.
import type { Bench } from "../harness.js";
import { exact } from "./dsr/exact.js";
import { index } from "./dsr/index.js";
import { rate } from "./dsr/rate.js";
import { steps } from "./dsr/steps.js";
import { streams } from "./dsr/streams.js";
import { updates } from "./dsr/updates.js";

export default async function dsr(b: Bench): Promise<void> {
  for (const part of [exact, index, updates, steps, rate, streams]) await part(b);
}
