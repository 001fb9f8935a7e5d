// CPE: the quality of predictions on public and made sequences, text, speed, memory; sessions; anomalies and peers. Each part also runs alone, from
// source: `--source cpe/online`.
import type { Bench } from "../harness.js";
import { ipredict } from "./cpe/ipredict.js";
import { memory } from "./cpe/memory.js";
import { nab } from "./cpe/nab.js";
import { online } from "./cpe/online.js";
import { peerBehaviour } from "./cpe/peer-behaviour.js";
import { speed } from "./cpe/speed.js";
import { text } from "./cpe/text.js";

export default async function cpe(b: Bench): Promise<void> {
  for (const part of [online, text, speed, memory, ipredict, nab, peerBehaviour]) await part(b);
}
