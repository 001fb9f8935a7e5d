// The monitor of peers on a simulation of peers (peer-simulation.ts): what is measured here is how it does on that generator, not on a network. Thresholds are
// for an allowed rate of false alarms; beside what was asked for stands what honest peers of other seeds really caused.
import { PeerMonitor } from "mfn/cpe";
import type { Bench } from "../../harness.js";
import { commonHabit, EVENTS, type Fault, faults, Peer } from "./peer-simulation.js";

const HONEST = 20;
const FAULTY = 4;
/** Events of each peer before the fault begins, and from then on. */
const BEFORE = 2000;
const AFTER = 1000;
const RATE = 1e-3;

/** A judge of peers: how suspicious a peer is after an event. */
interface Judge {
  observe(peer: number, event: number): number;
}

/** The rows of the simulation. */
export async function peerBehaviour(b: Bench): Promise<void> {
  b.log(`peers are simulated: ${HONEST} honest ones with drifting habits, ${FAULTY} faulty ones; ${EVENTS} kinds of events`);
  const seeds = b.quick ? 1 : 5;
  for (const rate of b.quick ? [1e-3] : [1e-2, 1e-3, 1e-4]) honest(b, rate, b.quick ? 2000 : Math.min(100_000, Math.max(5000, 4 / rate)));
  misled(b, b.quick ? 2000 : 6000);
  const zThreshold = calibrated(zScores, RATE, 77);
  for (const fault of faults) behaviour(b, fault, seeds, zThreshold);
  await cost(b);
}

/** The rate of alarms on honest peers. */
function honest(b: Bench, rate: number, length: number): void {
  const monitor = PeerMonitor.createSync({ events: EVENTS, falseAlarmRate: rate });
  const common = commonHabit(length + 11);
  const peers = Array.from({ length: HONEST }, (_, i) => new Peer(31 * length + i, common));
  let alarms = 0;
  for (let t = 0; t < length; t++) for (const [id, peer] of peers.entries()) if (monitor.observe(id, peer.next(false)).alarm) alarms++;
  monitor.dispose();
  const n = length * HONEST;
  b.log(
    `honest peers, ${n} events: an alarm every ${alarms === 0 ? "-" : Math.round(n / alarms)} events, 1 in ${Math.round(1 / rate)} allowed (${alarms} alarms)`,
  );
  b.score({ case: `alarms of honest peers over those allowed, at ${rate}`, unit: "share", ours: alarms / n / rate, n });
}

/** The rate of alarms on honest peers while a third of all is faulty, one kind of fault each in turn, almost from the beginning. */
function misled(b: Bench, length: number): void {
  const monitor = PeerMonitor.createSync({ events: EVENTS, falseAlarmRate: RATE });
  const common = commonHabit(5);
  const peers: Peer[] = [];
  for (let i = 0; i < (HONEST * 3) / 2; i++)
    peers.push(new Peer(500 + i, common, i < HONEST ? undefined : faults[i % faults.length], peers[0]));
  const alarms = { honest: 0, faulty: 0 };
  for (let t = 0; t < length; t++) {
    for (const [id, peer] of peers.entries()) {
      if (monitor.observe(id, peer.next(t >= 250)).alarm) alarms[id < HONEST ? "honest" : "faulty"]++;
    }
  }
  monitor.dispose();
  const n = length * HONEST;
  b.log(`with ${HONEST / 2} faulty ones beside them: ${alarms.honest} alarms of honest peers, ${alarms.faulty} of faulty ones`);
  b.score({ case: `the same at ${RATE}, a third of all faulty`, unit: "share", ours: alarms.honest / n / RATE, n });
}

/** A simple judge: how far the shares of a peer's last 50 events are from those of all before, in standard deviations, the largest of all kinds. */
function zScores(): Judge {
  const peers = new Map<number, { all: Float64Array; n: number; last: number[] }>();
  return {
    observe(id, event) {
      let peer = peers.get(id);
      if (peer === undefined) {
        peer = { all: new Float64Array(EVENTS), n: 0, last: [] };
        peers.set(id, peer);
      }
      peer.last.push(event);
      if (peer.last.length > 50) {
        peer.all[peer.last.shift() as number]++;
        peer.n++;
      }
      if (peer.n < 150) return 0;
      const now = new Float64Array(EVENTS);
      for (const e of peer.last) now[e]++;
      let worst = 0;
      for (let e = 0; e < EVENTS; e++) {
        const p = (peer.all[e] + 0.5) / (peer.n + 0.5 * EVENTS);
        worst = Math.max(worst, Math.abs(now[e] - 50 * p) / Math.sqrt(50 * p * (1 - p)));
      }
      return worst;
    },
  };
}

/** Our judge: the score; an alarm is a score of log2(1 / rate). */
function ours(): Judge & { dispose(): void } {
  const monitor = PeerMonitor.createSync({ events: EVENTS, falseAlarmRate: RATE });
  return { observe: (id, event) => monitor.observe(id, event).score, dispose: () => monitor.dispose() };
}

/** The threshold at which honest peers cross it upwards at a rate: the baseline's is set so, on other seeds than it is measured on. */
function calibrated(make: () => Judge, rate: number, seed: number): number {
  const judge = make();
  const common = commonHabit(seed);
  const peers = Array.from({ length: HONEST }, (_, i) => new Peer(seed * 1000 + i, common));
  const length = 10_000;
  const levels = Array.from({ length: 400 }, (_, i) => 1 + i / 10);
  const crossings = new Float64Array(levels.length);
  const before = new Float64Array(HONEST);
  for (let t = 0; t < length; t++) {
    for (const [id, peer] of peers.entries()) {
      const score = judge.observe(id, peer.next(false));
      levels.forEach((level, i) => {
        if (before[id] < level && score >= level) crossings[i]++;
      });
      before[id] = score;
    }
  }
  // A low level is hardly ever crossed either, since all is above it: the last one that is crossed too often counts.
  return levels[crossings.findLastIndex((n) => n > rate * length * HONEST) + 1] ?? Infinity;
}

interface Outcome {
  /** Events from the start of the fault to the first alarm, for each faulty peer; Infinity if there was none. */
  delays: number[];
  /** The chance that a faulty peer's highest score after the start is above an honest one's. */
  auc: number;
}

function simulate(make: () => Judge & { dispose?(): void }, fault: Fault, seeds: number, threshold: number): Outcome {
  const delays: number[] = [];
  let above = 0;
  let pairs = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const judge = make();
    const common = commonHabit(seed);
    const peers: Peer[] = [];
    for (let i = 0; i < HONEST + FAULTY; i++)
      peers.push(new Peer(seed * 100 + i, common, i < HONEST ? undefined : fault, peers[i - HONEST]));
    const first = new Array<number>(peers.length).fill(Number.POSITIVE_INFINITY);
    const highest = new Array<number>(peers.length).fill(0);
    for (let t = 0; t < BEFORE + AFTER; t++) {
      for (const [id, peer] of peers.entries()) {
        const score = judge.observe(id, peer.next(t >= BEFORE));
        if (t < BEFORE) continue;
        if (score >= threshold) first[id] = Math.min(first[id], t - BEFORE + 1);
        if (t < BEFORE + 200) highest[id] = Math.max(highest[id], score);
      }
    }
    judge.dispose?.();
    delays.push(...first.slice(HONEST));
    for (const bad of highest.slice(HONEST)) {
      for (const good of highest.slice(0, HONEST)) {
        above += bad > good ? 1 : bad === good ? 0.5 : 0;
        pairs++;
      }
    }
  }
  return { delays, auc: above / pairs };
}

function behaviour(b: Bench, fault: Fault, seeds: number, zThreshold: number): void {
  const mine = simulate(ours, fault, seeds, Math.log2(1 / RATE));
  const theirs = simulate(zScores, fault, seeds, zThreshold);
  const peer = "z-score of event shares";
  const n = seeds * FAULTY;
  const [x, y] = [mine, theirs].map(({ delays }) => ({ delay: median(delays), found: delays.filter(Number.isFinite).length / n }));
  b.log(`${fault}: found within ${AFTER} events ${Math.round(n * x.found)} of ${n}, ${peer} ${Math.round(n * y.found)}`);
  // A median beyond the end of the simulation is at least its length.
  const [a, z] = [x.delay, y.delay].map((delay) => Math.min(delay, AFTER));
  b.score({ case: `${fault}: events to the alarm, median`, unit: "events", ours: a, peer, peerValue: z, higherIsBetter: false, n });
  b.score({ case: `${fault}: faulty above honest after 200 events`, unit: "AUC", ours: mine.auc, peer, peerValue: theirs.auc, n });
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1];
}

async function cost(b: Bench): Promise<void> {
  const common = commonHabit(1);
  const peers = Array.from({ length: HONEST }, (_, i) => new Peer(i, common));
  const events = Uint8Array.from({ length: 20_000 }, (_, i) => peers[i % HONEST].next(false));
  const monitor = PeerMonitor.createSync({ events: EVENTS });
  const judge = zScores();
  let checked = 0;
  await b.compare({
    case: `an event of a peer, ${EVENTS} kinds`,
    n: events.length,
    peer: "z-score of event shares",
    check: () => {
      for (const [i, event] of events.entries()) checked += monitor.observe(i % HONEST, event).bits > 0 ? 1 : 0;
      return checked === events.length;
    },
    ours: () => events.reduce((sum, event, i) => sum + monitor.observe(i % HONEST, event).bits, 0),
    theirs: () => events.reduce((sum, event, i) => sum + judge.observe(i % HONEST, event), 0),
  });
  monitor.dispose();
}

export default peerBehaviour;
