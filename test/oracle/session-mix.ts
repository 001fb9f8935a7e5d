import type { Evidence, SessionOracle } from "./session-knn.js";

/** What the event model says of the next event. */
export interface EventModel {
  /** Its candidates, the ids that it looks at one by one. */
  candidates: number[];
  /** Probability of every known id, and of one never seen. */
  p: Map<number, number>;
  escape: number;
  /** Events of every known id. */
  counts: Map<number, number>;
}

/** The probabilities of all known ids, and of one never seen. */
export interface Mixed {
  p: Map<number, number>;
  escape: number;
  set: number;
  rest: number;
  /** Members: their features and shares. */
  x: Map<number, number[]>;
  q: Map<number, number>;
}

/** The mixture of assembly/cpe/sessions/mix.ts, weights.ts and tails.ts once more, in double precision over Maps, for one stream. */
export class SessionMixOracle {
  readonly #weights = Array.from({ length: 9 }, (_, set) => (set < 6 ? [0.9, 0.05, 0.05, 0, 0.05] : [0.5, 0.45, 0.2, 0, 0.5]));
  readonly #sums = Array.from({ length: 9 }, () => [1, 1, 1, 1, 1]);
  readonly #missed = Array.from({ length: 6 }, () => ({ was: 1, expected: 1 }));
  /** What the last events of the session would teach: by event, newest last, then by `within` - 1. */
  #tail: number[][][] = [];

  mix(event: EventModel, present: number[], evidence: Evidence, sessions: SessionOracle, within: number): Mixed {
    const depth = Math.min(present.slice(-8).length, 5);
    const total = [...event.counts.values()].reduce((a, b) => a + b, 0);
    const kept = [...evidence.items.keys()].slice(0, 64);
    const members = [...new Set([...event.candidates, ...kept])];
    const rate = (sessions.events(undefined, within || 64) + 1) / (sessions.events() + 1);
    const x = new Map<number, number[]>();
    for (const id of members) {
      const u = ((event.counts.get(id) as number) + 0.5) / (total + 0.5 * (event.counts.size + 1));
      const votes = evidence.items.get(id) ?? [0, 0, 0];
      const [a, b, c] = votes.map((vote, k) => Math.log((vote === 0 ? 0 : vote / evidence.sums[k]) + 0.05 * u));
      const ends = (sessions.events(id, within) + 2 * rate) / (sessions.events(id) + 2) / rate;
      x.set(id, [Math.log((event.p.get(id) as number) + 0.02 * u), a, b, Math.log(u), within === 0 ? c : Math.log(ends)]);
    }
    const set = within === 0 ? depth : 5 + within;
    const scores = members.map((id) => (x.get(id) as number[]).reduce((sum, xf, k) => sum + xf * this.#weights[set][k], 0));
    const best = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(Math.max(score - best, -20)));
    const sum = powers.reduce((a, b) => a + b, 0);
    const q = new Map(members.map((id, i) => [id, powers[i] / sum]));
    const covered = members.reduce((s, id) => s + (event.p.get(id) as number), 0);
    const rest = Math.max(1 - covered, event.escape);
    const { was, expected } = this.#missed[depth];
    const miss = members.length === 0 ? 1 : Math.min(8191 / 8192, rest * Math.max(1 / 8, Math.min(8, was / expected)));
    const p = new Map([...event.p].map(([id, pe]) => [id, q.has(id) ? (1 - miss) * (q.get(id) as number) : (pe * miss) / rest]));
    return { p, escape: (event.escape * miss) / rest, set, rest, x, q };
  }

  /** Learns the next event. @param last the mixtures of `within` 1 to 3 */
  learn(id: number, mixed: Mixed, last: Mixed[]): void {
    const missed = this.#missed[mixed.set];
    missed.was = missed.was * 0.998 + (mixed.q.has(id) ? 0 : 1);
    missed.expected = missed.expected * 0.998 + mixed.rest;
    if (mixed.q.has(id)) this.#climb(mixed.set, slope(id, mixed));
    this.#tail.push(last.map((m) => (m.q.has(id) ? slope(id, m) : [0, 0, 0, 0, 0])));
  }

  endSession(): void {
    for (let within = 1; within <= 3; within++) {
      for (const gradients of this.#tail.slice(-within)) this.#climb(5 + within, gradients[within - 1]);
    }
    this.#tail = [];
  }

  #climb(set: number, gradient: number[]): void {
    for (const [k, g] of gradient.entries()) {
      this.#sums[set][k] += g * g;
      this.#weights[set][k] += (0.1 * g) / Math.sqrt(this.#sums[set][k]);
    }
  }
}

/** Gradient of the logarithm of an id's share. */
function slope(id: number, { x, q }: Mixed): number[] {
  return (x.get(id) as number[]).map((xf, k) => xf - [...q].reduce((sum, [y, qy]) => sum + qy * (x.get(y) as number[])[k], 0));
}
