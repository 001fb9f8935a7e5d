// Seeded data for benchmarks: the same on every machine and in every run. Nothing here needs Node.

/**
 * SplitMix32: one addition and a 32-bit mix a number. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators" (2014), with a 32-bit finaliser.
 */
export class Random {
  #state: number;

  constructor(seed = 1) {
    this.#state = seed >>> 0;
  }

  /** An integer in [0, 2^32). */
  u32(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }

  /** A number in [0, 1). */
  unit(): number {
    return this.u32() / 0x1_0000_0000;
  }

  /** An integer in [0, below). */
  below(below: number): number {
    return Math.floor(this.unit() * below);
  }

  /** A number from the normal distribution of mean 0 and deviation 1 (Box and Muller, 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }
}

/**
 * A copy of a string as it would come from a socket or a file: another object, in one piece, its hash not known to the
 * engine yet. Strings put together by `+` or a template are trees inside, which every reader pays for.
 */
export function fresh(text: string): string {
  return String.fromCharCode(...Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)));
}

/** `count` distinct strings of 20 characters ("u:" and 18 hexadecimal digits), fresh as `fresh` makes them. Other seeds give other strings. */
export function stringKeys(count: number, seed = 1): string[] {
  const random = new Random(seed);
  const codes = new Array<number>(20).fill(0);
  codes[0] = "u".charCodeAt(0);
  codes[1] = ":".charCodeAt(0);
  const hex = (at: number, digits: number, value: number) => {
    for (let i = at + digits - 1; i >= at; i--, value >>>= 4) codes[i] = "0123456789abcdef".charCodeAt(value & 15);
  };
  return Array.from({ length: count }, (_, i) => {
    // The index makes them distinct within one call, the random part between calls.
    hex(2, 8, random.u32());
    hex(10, 2, random.u32());
    hex(12, 8, i);
    return String.fromCharCode(...codes);
  });
}

/** `count` random byte keys of `length` bytes each, one after the other. */
export function byteKeys(count: number, length = 16, seed = 1): Uint8Array {
  const random = new Random(seed);
  return Uint8Array.from({ length: count * length }, () => random.u32() & 0xff);
}

/** The numbers 0 to `count` - 1 in random order (Fisher and Yates). */
export function permutation(count: number, seed = 1): Uint32Array {
  const random = new Random(seed);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/**
 * `count` vectors of `dimension` numbers, row after row: drawn around `centres` random centres, as real vectors gather
 * too. Evenly spread vectors are the one case without near neighbours.
 */
export function clusteredVectors(count: number, dimension: number, centres = 64, seed = 1): Float32Array {
  const random = new Random(seed);
  const middle = Float32Array.from({ length: centres * dimension }, () => random.normal());
  const rows = new Float32Array(count * dimension);
  for (let i = 0; i < count; i++) {
    const centre = random.below(centres) * dimension;
    for (let d = 0; d < dimension; d++) rows[i * dimension + d] = middle[centre + d] + 0.5 * random.normal();
  }
  return rows;
}

/** Arcs as three columns of equal length. */
export interface Arcs {
  from: Uint32Array;
  to: Uint32Array;
  /** In (0, 1]. */
  weight: Float32Array;
}

/**
 * Arcs of a graph with few hubs and many leaves, without loops; the same arc may come twice. R-MAT with the parameters
 * of the GAP benchmark suite (0.57, 0.19, 0.19, 0.05). Source: Chakrabarti, Zhan and Faloutsos, "R-MAT" (2004).
 * @param bits the graph has 2^bits nodes
 */
export function scaleFreeArcs(bits: number, count: number, seed = 1): Arcs {
  const random = new Random(seed);
  const from = new Uint32Array(count);
  const to = new Uint32Array(count);
  const weight = new Float32Array(count);
  for (let i = 0; i < count; ) {
    let u = 0;
    let v = 0;
    for (let bit = 0; bit < bits; bit++) {
      const r = random.unit();
      u = (u << 1) | (r >= 0.76 ? 1 : 0);
      v = (v << 1) | ((r >= 0.57 && r < 0.76) || r >= 0.95 ? 1 : 0);
    }
    if (u === v) continue;
    from[i] = u;
    to[i] = v;
    weight[i++] = 1 - random.unit();
  }
  return { from, to, weight };
}

/** Arcs both ways between the neighbours of a `side` x `side` grid, with random weights: like a street map, few arcs a node and long ways. */
export function gridArcs(side: number, seed = 1): Arcs {
  const random = new Random(seed);
  const count = 4 * side * (side - 1);
  const from = new Uint32Array(count);
  const to = new Uint32Array(count);
  const weight = new Float32Array(count);
  let at = 0;
  const both = (u: number, v: number) => {
    const w = 1 - random.unit();
    for (const [a, b] of [
      [u, v],
      [v, u],
    ]) {
      from[at] = a;
      to[at] = b;
      weight[at++] = w;
    }
  };
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (x + 1 < side) both(y * side + x, y * side + x + 1);
      if (y + 1 < side) both(y * side + x, (y + 1) * side + x);
    }
  }
  return { from, to, weight };
}

/**
 * Events in [0, symbols) that depend on the event before: each symbol has eight followers with chances falling as 1/rank,
 * and one event in ten is any symbol. A predictor can learn most of it and never all.
 */
export function sequence(length: number, symbols: number, seed = 1): Uint32Array {
  const random = new Random(seed);
  const followers = Uint32Array.from({ length: symbols * 8 }, () => random.below(symbols));
  const weights = Array.from({ length: 8 }, (_, rank) => 1 / (rank + 1));
  const total = weights.reduce((sum, w) => sum + w, 0);
  const events = new Uint32Array(length);
  let last = 0;
  for (let i = 0; i < length; i++) {
    if (random.unit() < 0.1) last = random.below(symbols);
    else {
      let left = random.unit() * total;
      let rank = 0;
      while (rank < 7 && left >= weights[rank]) left -= weights[rank++];
      last = followers[last * 8 + rank];
    }
    events[i] = last;
  }
  return events;
}

/** A demand series: a level, a daily season of `period` steps, a slow trend and noise, never below zero. */
export function demandSeries(length: number, period = 24, seed = 1): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length }, (_, t) =>
    Math.max(
      0,
      100 + 0.02 * t + 30 * Math.sin((2 * Math.PI * t) / period) + 10 * Math.cos((4 * Math.PI * t) / period) + 5 * random.normal(),
    ),
  );
}
