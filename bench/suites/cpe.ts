// CPE: the quality of predictions on public and made sequences, text, speed, memory; ends of sessions; demand; anomalies and peers; prefetching. Each part also runs
// alone, from source: `--source cpe/online`.
import type { Bench } from "../harness.js";
import { demand } from "./cpe/demand.js";
import { ipredict } from "./cpe/ipredict.js";
import { loads } from "./cpe/loads.js";
import { m4 } from "./cpe/m4.js";
import { memory } from "./cpe/memory.js";
import { nab } from "./cpe/nab.js";
import { change } from "./cpe/nab-change.js";
import { online } from "./cpe/online.js";
import { peerBehaviour } from "./cpe/peer-behaviour.js";
import { prefetch } from "./cpe/prefetch.js";
import { speed } from "./cpe/speed.js";
import { text } from "./cpe/text.js";

const events = [online, text, speed, memory, ipredict];
const numbers = [demand, m4, loads, nab, change];

export default async function cpe(b: Bench): Promise<void> {
  for (const part of [...events, ...numbers, peerBehaviour, prefetch]) await part(b);
}
