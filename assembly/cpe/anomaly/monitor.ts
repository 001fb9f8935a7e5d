// Peers that misbehave, by what their events cost in bits. Before an event of a peer is learned, its probability p is held against
// four alternatives q. p is what the peer's own habits say, what those of all peers say and what the stretch says that it follows, mixed by how right
// each of them has been for this peer in the long run.
//   change  the shares of its last few events: it does something more often than it used to
//   cohort  what all peers do after such an event: it no longer acts as itself
//   noise   all events alike
//   copy    the events of a stretch of some stream, its own or another's, that it has been following (follow.ts)
// For each, a CUSUM sums log2((p + q) / 2p), which falls on the average as long as p is right, and alarms at a threshold that calibrate.ts keeps.
//
// CUSUM: Page, Biometrika 41, 1954; with estimated alternatives: Lorden, Pollak, Annals of Statistics 33, 2005.

import { alloc, WINDOW } from "../../core/arena";
import { NO_MEMORY, NOT_FOUND, OK } from "../../core/status";
import { calibrate, note, startThresholds } from "./calibrate";
import { add, over } from "./counts";
import { follow, guess, trust, unfollow } from "./follow";
import { log2 } from "./log";
import {
  ALTERNATIVES,
  cohortBytes,
  countsBytes,
  countsOf,
  monitor,
  Peer,
  peerBytes,
  recentOf,
  SLOTS,
  sumOf,
  thresholdOf,
} from "./monitor-layout";
import { create, find, remove } from "./table";

/** Weight of the newest event in the shares of recent ones. */
const RECENT: f64 = 1 / 16.0;
/** How fast the trust in a peer's own habits, and in those of all, follows what was right, and its range. */
const TRUST_RATE: f64 = 1 / 64.0;
const LEAST_TRUST: f64 = 1 / 32.0;
const MOST_TRUST: f64 = 15 / 16.0;
/** The most trust in both together: the stretch keeps some, or rounding could make what is left to it negative, and no copy would be heard of. */
const MOST_HABITS: f64 = 31 / 32.0;
/** Events after which the counts of the cohort are halved. */
const COHORT_MEMORY: u32 = 65536;
/** Judged events from one fit of the thresholds to the next. */
const CALIBRATE: f64 = 256;

/** Takes the memory that all peers share, and sets the first thresholds. The options must be in the header. */
export function monitorStart(): bool {
  const m = monitor();
  m.cohort = <u32>alloc(cohortBytes());
  m.places = <u32>alloc(SLOTS << 3);
  startThresholds();
  return m.cohort != 0 && m.places != 0;
}

/** Number of peers. */
export function monitorSize(): u32 {
  return monitor().size;
}

/**
 * Takes a peer's next event. O(events). To the window: bits and score, f64; whether it alarms and the alternative with the highest share of its threshold,
 * or 4 for none, u32.
 */
export function monitorObserve(id: u32, event: u32): i32 {
  const m = monitor();
  let at = find(m, id);
  if (at == 0) {
    at = create(m, id, peerBytes());
    if (at == 0) return NO_MEMORY;
    begin(changetype<Peer>(at));
  }
  const peer = changetype<Peer>(at);
  const all = countsOf(peer);
  const row = all + <usize>(peer.last * countsBytes(1));
  const cohortRow = <usize>m.cohort + <usize>(peer.last * countsBytes(2));

  const flat = 1 / <f64>m.events;
  const cohort0 = over(<usize>m.cohort, 2, event, flat);
  const cohort = peer.last == 0 ? cohort0 : over(cohortRow, 2, event, cohort0);
  const lower = 0.5 * cohort + 0.5 * over(all, 1, event, cohort0);
  const own = peer.last == 0 ? lower : over(row, 1, event, lower);
  const habits = peer.own + peer.others;
  const guessed = guess(peer);
  let copy = (peer.own * own + peer.others * cohort) / habits;
  if (guessed >= 0) {
    copy = trust(peer);
    if (guessed != <i32>event) copy = (1 - copy) / <f64>(m.events - 1);
  }
  const p = peer.own * own + peer.others * cohort + (1 - habits) * copy;
  const recent = recentOf(peer);
  const known = peer.count >= <f64>m.warmUp;
  peer.count += 1;
  let score: f64 = 0;
  let cause = ALTERNATIVES;
  if (known) {
    m.seen += 1;
    m.judged += 1;
    for (let i: u32 = 0; i < ALTERNATIVES; i++) {
      const q = i == 0 ? load<f64>(recent + ((<usize>event) << 3)) : i == 1 ? cohort : i == 2 ? flat : copy;
      const share = step(peer, i, log2(0.5 + (0.5 * q) / p)) / load<f64>(thresholdOf(i));
      if (share > score) {
        score = share;
        cause = i;
      }
    }
  }
  if (score >= 1) alarm(peer);
  store<f64>(WINDOW, -log2(p));
  store<f64>(WINDOW, score * m.threshold, 8);
  store<u32>(WINDOW, score >= 1 ? 1 : 0, 16);
  store<u32>(WINDOW, cause, 20);

  follow(peer, event, guessed);
  for (let e: u32 = 0; e < m.events; e++) {
    const share = recent + ((<usize>e) << 3);
    store<f64>(share, load<f64>(share) * (1 - RECENT) + (e == event ? RECENT : 0));
  }
  if (peer.last != 0) {
    add(row, 1, event, m.memory);
    add(cohortRow, 2, event, COHORT_MEMORY);
  }
  add(all, 1, event, m.memory);
  add(<usize>m.cohort, 2, event, COHORT_MEMORY);
  peer.last = event + 1;
  peer.own = trusted(peer.own, own / p);
  peer.others = trusted(peer.others, cohort / p);
  const both = peer.own + peer.others;
  if (both > MOST_HABITS) {
    peer.own *= MOST_HABITS / both;
    peer.others *= MOST_HABITS / both;
  }
  if (known && m.seen % CALIBRATE == 0) calibrate();
  return OK;
}

/** What speaks against a peer, to the window: events, alarms, trust in its own habits, then the sum and the threshold of each alternative, f64. */
export function monitorEvidence(id: u32): i32 {
  const at = find(monitor(), id);
  if (at == 0) return NOT_FOUND;
  const peer = changetype<Peer>(at);
  store<f64>(WINDOW, peer.count);
  store<f64>(WINDOW, peer.alarms, 8);
  store<f64>(WINDOW, peer.own, 16);
  for (let i: u32 = 0; i < ALTERNATIVES; i++) {
    const to = WINDOW + 24 + ((<usize>i) << 4);
    store<f64>(to, load<f64>(sumOf(peer, i)));
    store<f64>(to, load<f64>(thresholdOf(i)), 8);
  }
  return OK;
}

/** Forgets a peer; what the cohort has learned of it stays. */
export function monitorForget(id: u32): i32 {
  const at = find(monitor(), id);
  if (at == 0) return NOT_FOUND;
  unfollow(changetype<Peer>(at));
  remove(monitor(), id, peerBytes());
  return OK;
}

function begin(peer: Peer): void {
  peer.own = 0.5;
  peer.others = 0.4375;
  const events = monitor().events;
  for (let e: u32 = 0; e < events; e++) store<f64>(recentOf(peer) + ((<usize>e) << 3), 1 / <f64>events);
}

/** The trust in one of three, after an event to which it gave so many times the probability of their mixture. It leaves the others theirs. */
function trusted(weight: f64, times: f64): f64 {
  return min(MOST_TRUST, max(LEAST_TRUST, weight + (weight * times - weight) * TRUST_RATE));
}

/** Adds evidence to a sum, which does not fall below 0. @returns the sum */
function step(peer: Peer, i: u32, evidence: f64): f64 {
  const at = sumOf(peer, i);
  const sum = load<f64>(at) + evidence;
  if (sum > 0) {
    store<f64>(at, sum);
    if (sum > load<f64>(at, 32)) store<f64>(at, sum, 32);
    return sum;
  }
  note(peer, i, false);
  store<f64>(at, 0);
  return 0;
}

/** Notes the sums that have reached their thresholds, and begins all of them anew. */
function alarm(peer: Peer): void {
  for (let i: u32 = 0; i < ALTERNATIVES; i++) {
    const at = sumOf(peer, i);
    if (load<f64>(at) >= load<f64>(thresholdOf(i))) note(peer, i, true);
    store<f64>(at, 0);
    store<f64>(at, 0, 32);
  }
  peer.alarms += 1;
  monitor().alarms += 1;
}
