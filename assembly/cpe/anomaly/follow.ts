// Which stretch of some peer's stream, its own or another's, a peer's events are following: the last six events are looked up among those of all
// peers, and as long as what came then comes again, the place moves on. How often such a guess is right after a run of so many right ones is
// counted over all peers. It is the match model of PAQ (Mahoney, 2005) over many histories.

import { monitor, Peer, RING, ringOf, SLOTS, triesOf } from "./monitor-layout";

/** Events that must have come alike before. */
const DEPTH: u32 = 6;
/** Guesses after which their counts are halved. */
const MOST_TRIES: f64 = 4096;

/** The event that comes next if the stretch goes on, or -1 if none is followed. */
export function guess(peer: Peer): i32 {
  if (peer.source == 0) return -1;
  const source = changetype<Peer>(<usize>peer.source);
  const back = source.place - peer.at;
  if (back == 0 || back > RING) return -1;
  return load<u8>(ringOf(source) + <usize>(peer.at & (RING - 1)));
}

/** How far a guess can be trusted after the peer's run of right ones. */
export function trust(peer: Peer): f64 {
  const at = triesOf(peer.run);
  return (load<f64>(at, 128) + 1) / (load<f64>(at) + 2);
}

/** Learns whether the guess was right, moves on or looks for another stretch, and remembers this place. `peer.place` still is that of the event. */
export function follow(peer: Peer, event: u32, guessed: i32): void {
  const right = guessed == <i32>event;
  if (guessed >= 0) learn(triesOf(peer.run), right);
  if (right) {
    peer.run++;
    peer.at++;
  } else {
    peer.run = 0;
    peer.source = 0;
  }
  const ring = ringOf(peer);
  store<u8>(ring + <usize>(peer.place & (RING - 1)), event);
  peer.place++;
  if (peer.count < <f64>DEPTH) return;
  let hash: u32 = 0;
  for (let i = peer.place - DEPTH; i != peer.place; i++) hash = hash * 0x2c9277b5 + <u32>load<u8>(ring + <usize>(i & (RING - 1))) + 1;
  const slot = <usize>monitor().places + ((<usize>((hash ^ (hash >> 15)) & (SLOTS - 1))) << 3);
  if (peer.source == 0) {
    peer.source = load<u32>(slot);
    peer.at = load<u32>(slot, 4);
  }
  store<u32>(slot, <u32>changetype<usize>(peer));
  store<u32>(slot, peer.place, 4);
}

function learn(at: usize, right: bool): void {
  let tries = load<f64>(at) + 1;
  let hits = load<f64>(at, 128) + (right ? 1 : 0);
  if (tries == MOST_TRIES) {
    tries *= 0.5;
    hits = floor(hits * 0.5);
  }
  store<f64>(at, tries);
  store<f64>(at, hits, 128);
}

/** Lets go of all places in a peer's stream. O(slots + peers). */
export function unfollow(gone: Peer): void {
  const m = monitor();
  const address = <u32>changetype<usize>(gone);
  for (let i: usize = 0; i < <usize>SLOTS; i++) {
    const slot = <usize>m.places + (i << 3);
    if (load<u32>(slot) == address) store<u64>(slot, 0);
  }
  for (let i: u32 = 0; i < m.slotCount; i++) {
    const at = <usize>load<u32>(<usize>m.slots + ((<usize>i) << 2));
    if (at != 0 && changetype<Peer>(at).source == address) changetype<Peer>(at).source = 0;
  }
}
