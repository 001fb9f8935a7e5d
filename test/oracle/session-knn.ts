/**
 * Sessions and their nearest neighbours as assembly/cpe/sessions has them, over arrays and Maps: which sessions a ring of so many units still has, what
 * those like a given one had after it. Numbers are rounded to single precision where that decides which sessions count.
 */
interface Kept {
  /** First unit, and the one after the last. */
  from: number;
  to: number;
  /** Ids, null where one was forgotten. */
  items: (number | null)[];
}

export interface Evidence {
  sessions: number;
  sums: [number, number, number];
  /** Id to its a, b and c, those with the largest a first. */
  items: Map<number, [number, number, number]>;
}

const f = Math.fround;

export class SessionOracle {
  sessions: Kept[] = [];
  #next = 0;

  constructor(readonly units: number) {}

  /** @param items oldest first */
  add(items: number[]): void {
    if (items.length < 2) return;
    const kept = items.slice(-64);
    const units = 1 + Math.ceil(kept.length / 2);
    if (this.#next + units > this.units) {
      this.sessions = this.sessions.filter(({ from }) => from < this.#next);
      this.#next = 0;
    }
    const from = this.#next;
    const to = from + units;
    this.sessions = this.sessions.filter((s) => s.to <= from || s.from >= to);
    this.#next = to;
    this.sessions.push({ from, to, items: kept });
    if (this.sessions.length === 1) {
      // An empty ring begins at its start again.
      this.sessions[0] = { from: 0, to: units, items: kept };
      this.#next = units;
    }
  }

  forget(id: number): void {
    for (const session of this.sessions) session.items = session.items.map((x) => (x === id ? null : x));
  }

  /** How often items, or one of them, are in sessions, or among the last `within` events of one. */
  events(id?: number, within = 64): number {
    const counted = (x: number | null) => x !== null && (id === undefined || x === id);
    return this.sessions.reduce((sum, { items }) => sum + items.slice(-within).filter(counted).length, 0);
  }

  /** @param present oldest first */
  evidence(present: number[]): Evidence {
    const chains: { id: number; weight: number; sessions: Kept[] }[] = [];
    let worth = 1;
    for (const [i, id] of present.slice(-8).reverse().entries()) {
      const first = present.slice(-8).reverse().indexOf(id) === i;
      const sessions = this.sessions.filter(({ items }) => items.includes(id)).reverse();
      if (first && sessions.length > 0) {
        chains.push({ id, weight: f(f(worth) * ln(f(f(this.sessions.length / sessions.length) + 1))), sessions: sessions.slice(0, 512) });
      }
      worth = f(worth * f(0.8));
    }
    const like = new Map<Kept, { similarity: number; last: number }>();
    for (let step = 0; step < 512; step++) {
      for (const { id, weight, sessions } of chains) {
        const session = sessions[step];
        if (session === undefined) continue;
        const entry = like.get(session) ?? { similarity: 0, last: -1 };
        if (entry.last < 0 && like.size === 2048) continue;
        entry.similarity = f(entry.similarity + weight);
        entry.last = Math.max(entry.last, session.items.lastIndexOf(id));
        like.set(session, entry);
      }
    }
    const most = Math.max(...[...like.values()].map(({ similarity }) => similarity));
    const bin = (similarity: number) => Math.floor(Math.min(f(similarity * f(64 / most)), 63));
    let least = 64;
    for (let counted = 0; least > 13 && counted < 128; ) {
      least--;
      counted += [...like.values()].filter(({ similarity }) => bin(similarity) === least).length;
    }
    const found: Evidence = { sessions: 0, sums: [0, 0, 0], items: new Map() };
    for (const [{ items }, { similarity, last }] of like) {
      if (found.sessions >= 256 || last + 1 >= items.length || bin(similarity) < least) continue;
      found.sessions++;
      const r = similarity / most;
      for (const [i, id] of items.slice(last + 1).entries()) {
        if (id === null || (!found.items.has(id) && found.items.size === 1024)) continue;
        const votes = [r ** 4 / (items.length - last - 1), r ** 6 / (items.length - last - 1), r ** 4 / 2 ** i];
        const sums = found.items.get(id) ?? [0, 0, 0];
        found.items.set(id, sums);
        for (const [k, vote] of votes.entries()) {
          sums[k] += vote;
          found.sums[k] += vote;
        }
      }
    }
    found.items = new Map([...found.items].sort((x, y) => y[1][0] - x[1][0]));
    return found;
  }
}

/** The kernel's own logarithm (assembly/cpe/events/vector.ts), to the last bit. */
function ln(x: number): number {
  const e = Math.floor(Math.log2(x));
  const t = f(x / 2 ** e - 1);
  let y = f(f(t * f(0.05866494)) + f(-0.22510303));
  y = f(f(y * t) + f(0.44059903));
  y = f(f(y * t) + f(-0.71671466));
  y = f(f(f(y * t) + f(1.4426039)) * t);
  return f(f(y + e) * f(Math.LN2));
}
