// The obvious reservoir: one neuron at a time, in f32 by Math.fround, so that it agrees with the module bit by bit. Only the
// decay factors are given, since they come from an exponential function.

const f = Math.fround;

/** Without what is too small to matter: TINY of assembly/dsr/reservoir/network.ts. */
export const settled = (x: number) => (Math.abs(x) < 2 ** -64 ? 0 : x);

/** SplitMix64, as assembly/core/random.ts. */
export class SplitMix {
  #state: bigint;

  constructor(seed: bigint) {
    this.#state = seed;
  }

  u64(): bigint {
    this.#state = BigInt.asUintN(64, this.#state + 0x9e3779b97f4a7c15n);
    let z = this.#state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  }

  below(n: number): number {
    return Number(((this.u64() >> 32n) * BigInt(n)) >> 32n);
  }

  f32(): number {
    return Number(this.u64() >> 40n) / 16777216;
  }
}

export interface OracleOptions {
  inputs: number;
  neurons: number;
  fanIn: number;
  excitatory: number;
  kWinners: number;
  refractorySteps: number;
  /** Least and most, in steps. */
  delays: readonly [number, number];
  threshold: number;
  resetPotential: number;
  inputScale: number;
  inputConnectivity: number;
  weightScale: number;
  inhibitionRatio: number;
  seed: bigint;
  stdp?: { aPlus: number; aMinus: number; wMax: number };
}

/** What is left after a step. */
export interface OracleDecays {
  membrane: ArrayLike<number>;
  current: number;
  trace: number;
  pre: number;
  post: number;
}

interface OracleSynapse {
  source: number;
  target: number;
  /** In full. What a spike adds is rounded to quanta. */
  weight: number;
  delay: number;
}

export class ReservoirOracle {
  readonly potential: Float32Array;
  /** By source, then target. */
  readonly synapses: OracleSynapse[];
  fired: number[] = [];
  /** Candidates of the last step. */
  candidates = 0;
  readonly #o: OracleOptions;
  readonly #d: OracleDecays;
  readonly #inputWeights: Float32Array[] = [];
  readonly #quantum: number;
  #current: Float32Array;
  /** Filtered spike trains over their common scale, which alone decays in a step. */
  #trace: Float32Array;
  #scale = 1;
  /** By step of arrival, the quanta that are under way. */
  readonly #pending = new Map<number, Int32Array>();
  #now = 0;
  #pause: Int32Array;
  #pre: Float32Array;
  #post: Float32Array;

  constructor(o: OracleOptions, d: OracleDecays) {
    this.#o = o;
    this.#d = d;
    const n = o.neurons;
    const random = new SplitMix(o.seed);
    for (let k = 0; k < o.inputs; k++) {
      const row = new Float32Array(n);
      for (let i = 0; i < n; i++) if (random.f32() < f(o.inputConnectivity)) row[i] = f(f(o.inputScale) * f(f(2 * random.f32()) - 1));
      this.#inputWeights.push(row);
    }
    for (let i = 0; i < n; i++) random.f32(); // the membranes' time constants
    const drawn: OracleSynapse[] = [];
    for (let target = 0; target < n; target++) {
      const chosen = new Set<number>();
      for (let i = 0; i < o.fanIn; i++) {
        const last = n - 1 - o.fanIn + i;
        const other = random.below(last + 1);
        const pick = chosen.has(other) ? last : other;
        chosen.add(pick);
        drawn.push({ source: pick >= target ? pick + 1 : pick, target, weight: 0, delay: 1 });
      }
    }
    for (const s of drawn) {
      const weight = f(f(o.weightScale) * f(2 * random.f32()));
      if (s.source >= o.excitatory) s.weight = f(-f(o.inhibitionRatio) * weight);
      else s.weight = o.stdp === undefined ? weight : Math.min(weight, f(o.stdp.wMax));
      const [least, most] = o.delays;
      s.delay = most > least ? least + random.below(most - least + 1) : least;
    }
    const scale = 2 * f(o.weightScale);
    const largest = Math.max(o.stdp === undefined ? scale : f(o.stdp.wMax), f(scale * f(o.inhibitionRatio)));
    this.#quantum = largest > 0 ? f(largest / 32767) : 1;
    this.synapses = drawn.sort((a, b) => a.source - b.source || a.target - b.target);
    this.potential = new Float32Array(n);
    this.#trace = new Float32Array(n);
    this.#current = new Float32Array(n);
    this.#pause = new Int32Array(n);
    this.#pre = new Float32Array(n);
    this.#post = new Float32Array(n);
  }

  step(input: ArrayLike<number>): number {
    const o = this.#o;
    const d = this.#d;
    const n = o.neurons;
    const candidates: number[] = [];
    if (this.#now % 64 === 0) {
      this.#bringIn();
      for (const column of [this.potential, this.#current, this.#trace, this.#pre, this.#post]) {
        for (let i = 0; i < n; i++) column[i] = settled(column[i]);
      }
    }
    const arrived = this.#pending.get(this.#now);
    if (arrived !== undefined) for (let i = 0; i < n; i++) this.#current[i] += f(f(arrived[i]) * this.#quantum);
    this.#pending.delete(this.#now);
    for (let i = 0; i < n; i++) {
      let drive = 0;
      for (let k = 0; k < o.inputs; k++) drive = f(drive + f(f(input[k]) * this.#inputWeights[k][i]));
      const moved = f(f(this.potential[i] * d.membrane[i]) + f(this.#current[i] + drive));
      this.potential[i] = this.#pause[i] > 0 ? o.resetPotential : moved;
      if (this.#pause[i] > 0) this.#pause[i]--;
      this.#current[i] *= d.current;
      if (this.potential[i] >= f(o.threshold)) candidates.push(i);
    }
    this.candidates = candidates.length;
    const ranked = [...candidates].sort((a, b) => this.potential[b] - this.potential[a] || a - b);
    const fired = ranked.slice(0, o.kWinners).sort((a, b) => a - b);
    for (const i of candidates) this.potential[i] = o.resetPotential;
    this.#scale = f(this.#scale * d.trace);
    if (this.#scale < 2 ** -10) this.#bringIn();
    for (let i = 0; i < n; i++) {
      this.#pre[i] *= d.pre;
      this.#post[i] *= d.post;
    }
    if (o.stdp !== undefined) this.#learn(new Set(fired), o.stdp);
    for (const i of fired) {
      this.#pause[i] = o.refractorySteps;
      this.#trace[i] += f(1 / this.#scale);
      this.#pre[i] += 1;
      this.#post[i] += 1;
    }
    const spiked = new Set(fired);
    for (const s of this.synapses) if (spiked.has(s.source)) this.#arriving(s.delay)[s.target] += this.#quanta(s.weight);
    this.fired = fired;
    this.#now++;
    return fired.length;
  }

  get trace(): Float32Array {
    return this.#trace.map((x) => x * this.#scale);
  }

  #bringIn(): void {
    this.#trace = this.trace;
    this.#scale = 1;
  }

  /** The nearest whole number of quanta, of two as near the even one. */
  #quanta(weight: number): number {
    const exact = f(weight / this.#quantum);
    const below = Math.floor(exact);
    const rounded = exact - below < 0.5 || (exact - below === 0.5 && below % 2 === 0) ? below : below + 1;
    return Math.max(-32767, Math.min(32767, rounded));
  }

  #arriving(delay: number): Int32Array {
    const step = this.#now + delay;
    let column = this.#pending.get(step);
    if (column === undefined) {
      column = new Int32Array(this.#o.neurons);
      this.#pending.set(step, column);
    }
    return column;
  }

  /** A synapse's weight as the module tells it: in full where it learns. */
  told(s: OracleSynapse): number {
    return this.#o.stdp === undefined ? f(this.#quanta(s.weight) * this.#quantum) : s.weight;
  }

  #learn(fired: Set<number>, { aPlus, aMinus, wMax }: { aPlus: number; aMinus: number; wMax: number }): void {
    for (const s of this.synapses) {
      if (s.source >= this.#o.excitatory) continue;
      if (fired.has(s.source)) s.weight = Math.max(0, f(s.weight - f(f(aMinus * wMax) * this.#post[s.target])));
      if (fired.has(s.target)) s.weight = Math.min(f(wMax), f(s.weight + f(f(aPlus * wMax) * this.#pre[s.source])));
    }
  }

  reset(): void {
    this.potential.fill(0);
    this.#trace.fill(0);
    this.#scale = 1;
    this.#current.fill(0);
    this.#pending.clear();
    this.#pause.fill(0);
    this.#pre.fill(0);
    this.#post.fill(0);
    this.fired = [];
    this.#now = 0;
  }
}
