import { log } from "../math.js";
import type { Bits, Probability } from "../types.js";
import { fusionModule } from "../wasm/generated/fusion.js";
import { Kernel, seedHalves, WINDOW } from "../wasm/kernel.js";
import { instantiate, instantiateSync, type WasmSource } from "../wasm/source.js";
import { CandidateSet } from "./candidates.js";
import { ALL_LAYERS, bitOf, DEEP, FEATURE_TABLE, LAYERS, type LayerMask, maskOf } from "./features.js";
import { AVERAGES, COLUMNS, type FusionExports, WEIGHTS } from "./fusion-module.js";

const ESCAPE_RATE = 0.01;
/** Nothing is ever ruled out. */
const LEAST_ESCAPE = 1 / 8192;
const GAIN_RATE = 0.05;

/** Grades of sureness that have weights of their own. */
const SURENESSES = 5;
/** Those, one for contexts without a history, as what comes first in a stream is another matter, and one for few candidates. */
const GRADES = SURENESSES + 2;
/** Lengths of history that do: 0 to 7, and more. */
export const LENGTHS = 9;
/** The row of weights that all situations share. */
const SHARED = SURENESSES + LENGTHS;

/** The smallest normal double: a share of 0 is one that was too small to tell. */
const LEAST = 2.2250738585072014e-308;

/** The layers that answer without a further question: their features but those in depth. */
export const QUICK: LayerMask = maskOf(["ifr", "alm", "cpe"]);
/** Sets of layers. */
const MASKS = ALL_LAYERS + 1;
/** Where each of the running means begins among the averages of the state, and behind them the number of lessons. */
enum AT {
  escape = 0,
  coverage = 7,
  gain = 39,
  depth = 43,
  lessons = 50,
}
/**
 * What the second lesson of an event leaves out, in turn: depth, which the adaptive strategy wants to know the worth of; and single layers, so that
 * the fusion knows what to make of an answer without them.
 */
const LESSONS_WITHOUT: readonly LayerMask[] = LAYERS.flatMap((layer) => [QUICK, (ALL_LAYERS | DEEP) & ~bitOf(layer)]);

/** What kind of context it is: evidence does not weigh the same in all of them. */
export interface Situation {
  /** How sure CPE is of its best prediction: 0 to 4. */
  sureness: number;
  /** Length of the history: 0 to 8, the last standing for all longer ones. */
  length: number;
  /** Its true length. */
  history: number;
  /** 1 if the current thing was in the history before, else 0. */
  revisit: number;
  /** Whether the layers that name candidates without a search named few. */
  few: boolean;
}

/** What `learn` found. */
export interface Lesson {
  /** -log2 of the probability that the event had; of that of anything else, if it was not among the candidates. */
  bits: Bits;
  /** Whether the event was among the candidates. */
  candidate: boolean;
}

/** How the fusion is made. */
export interface FusionOptions {
  /** Those that take part; what others say is passed over. Default all. */
  layers?: LayerMask;
  seed?: number;
  wasm?: WasmSource;
}

/**
 * Learned fusion: the probability that candidate c comes next is its share, the softmax over the candidates of a score of what the layers say
 * (assembly/fusion), times the probability that the event is a candidate at all. The score is a weighted sum, whose weights depend on the situation,
 * and a small network for what a sum cannot say. Every event teaches it twice: all that the layers said; and in turn less than that, so that it is
 * right about partial answers too, and knows what the rest is worth. The same events give the same weights everywhere.
 */
export class Fusion {
  readonly kernel: Kernel<FusionExports>;
  readonly layers: LayerMask;
  /** The candidates that are to be weighed. */
  readonly candidates: CandidateSet;

  private constructor(instance: WebAssembly.Instance, { layers = ALL_LAYERS, seed = 0 }: FusionOptions) {
    this.layers = layers;
    const k = new Kernel<FusionExports>("fusion", instance, "fusionInit");
    this.kernel = k;
    FEATURE_TABLE.forEach(([, layer, prior, deep], c) => {
      k.f32[(WINDOW >>> 2) + c] = prior;
      k.u8[WINDOW + COLUMNS * 4 + c] = bitOf(layer) | (deep ? DEEP : 0);
    });
    const [low, high] = seedHalves(seed);
    if (k.x.fusionInit((BigInt(high) << 32n) | BigInt(low)) === 0) throw k.full();
    this.candidates = new CandidateSet(k);
    this.escape.fill(0.2);
    this.coverage.fill(0.5);
    this.gain.fill(0.1);
    this.depth.fill(1);
  }

  static async create(options: FusionOptions = {}): Promise<Fusion> {
    return new Fusion(await instantiate(fusionModule, options.wasm), options);
  }

  static createSync(options: FusionOptions = {}): Fusion {
    return new Fusion(instantiateSync(fusionModule, options.wasm), options);
  }

  /** Probability, by grade, that the event is not among the candidates. */
  get escape(): Float64Array {
    return this.#averages(AT.escape, GRADES);
  }

  /** How often the layers of each mask together name the event among their candidates, as running means: with a history, and without. */
  get coverage(): Float64Array {
    return this.#averages(AT.coverage, 2 * MASKS);
  }

  /** What each layer brings: by how many nats the event's log-probability falls without it, as a running mean. */
  get gain(): Float64Array {
    return this.#averages(AT.gain, LAYERS.length);
  }

  /** The same of all that it takes further questions to know, by grade. */
  get depth(): Float64Array {
    return this.#averages(AT.depth, GRADES);
  }

  #averages(from: number, n: number): Float64Array {
    const at = (AVERAGES >>> 3) + from;
    return this.kernel.f64.subarray(at, at + n);
  }

  /** How many events were learned from. */
  get lessons(): number {
    return this.#averages(AT.lessons, 1)[0];
  }

  /** The weights of the linear part by a feature's name, as they stand for one situation. */
  named({ sureness, length }: Situation): Record<string, number> {
    const { f32 } = this.kernel;
    const weight = (row: number, c: number) => f32[(WEIGHTS >>> 2) + row * COLUMNS + c];
    return Object.fromEntries(
      FEATURE_TABLE.map(([name], c) => [name, weight(sureness, c) + weight(SURENESSES + length, c) + weight(SHARED, c)]),
    );
  }

  /**
   * Gives the candidates of the set their shares by what the layers of the mask say: they sum to 1, and are 0 for candidates that none of these
   * named. O(candidates * features * hidden units).
   * @returns what the shares are to be multiplied with: the probability that the event is among them
   */
  weigh(set: CandidateSet, situation: Situation, mask: LayerMask = this.layers | DEEP): Probability {
    this.#call((x) => {
      this.#situate(set, situation, mask);
      x.shares(set.rows, set.size);
    });
    return 1 - this.escapeOf(situation, mask);
  }

  /** The largest probability of a candidate, passing over one row. */
  best(set: CandidateSet, situation: Situation, mask: LayerMask, except: number): Probability {
    const among = this.weigh(set, situation, mask);
    const shares = set.shares();
    let best = 0;
    for (let row = 0; row < shares.length; row++) if (row !== except && shares[row] > best) best = shares[row];
    return best * among;
  }

  /** Calls the module; if it traps, it is poisoned. */
  #call<T>(what: (x: FusionExports) => T): T {
    try {
      return what(this.kernel.x);
    } catch (error) {
      throw this.kernel.fail(error);
    }
  }

  #situate(set: CandidateSet, { sureness, length, history, revisit }: Situation, mask: LayerMask): void {
    this.kernel.x.situate(set.size, sureness, length, history, revisit, mask);
  }

  /** The probability that the event is not among the candidates. Where not all layers were asked it is at least how often those that were missed it. */
  escapeOf(situation: Situation, mask: LayerMask = this.layers): Probability {
    const missing = this.escape[gradeOf(situation)];
    const asked = mask & ALL_LAYERS;
    return asked === this.layers ? missing : Math.max(missing, 1 - this.coverage[coverageOf(situation) + asked]);
  }

  /**
   * By how many nats the scores of some rows fall without each layer: LAYERS.length numbers a row.
   * @param said by row, the layers that it is to be told of; of others it is 0
   */
  contributions(
    set: CandidateSet,
    rows: readonly number[],
    said: readonly LayerMask[],
    situation: Situation,
    mask: LayerMask,
  ): Float64Array {
    const n = LAYERS.length;
    const by = new Float64Array(rows.length * n);
    this.#call((x) => {
      this.#situate(set, situation, mask);
      const whole = rows.map((row) => x.score(set.address(row)));
      for (let l = 0; l < n; l++) {
        const bit = 1 << l;
        if ((mask & bit) === 0 || !said.some((bits) => bits & bit)) continue;
        this.#situate(set, situation, mask & ~bit);
        for (let i = 0; i < rows.length; i++) if (said[i] & bit) by[i * n + l] = whole[i] - x.score(set.address(rows[i]));
      }
    });
    return by;
  }

  /** Moves the weights towards making the event `id` likelier in this context. O(candidates * features * hidden units). */
  learn(set: CandidateSet, situation: Situation, id: number): Lesson {
    const { escape, coverage } = this;
    const grade = gradeOf(situation);
    const row = set.find(id);
    const missing = escape[grade];
    const named = row < 0 ? 0 : set.namedBy(row);
    const from = coverageOf(situation);
    for (let m = 1; m < MASKS; m++) coverage[from + m] += ESCAPE_RATE * ((named & m ? 1 : 0) - coverage[from + m]);
    escape[grade] = Math.max(LEAST_ESCAPE, missing + ESCAPE_RATE * ((row < 0 ? 1 : 0) - missing));
    const turn = this.#averages(AT.lessons, 1)[0]++ % LESSONS_WITHOUT.length;
    if (row < 0) return { bits: bitsOf(missing), candidate: false };
    const all = this.layers | DEEP;
    const bits = this.#teach(set, situation, row, all, missing);
    const without = LESSONS_WITHOUT[turn] & all;
    if (without === all || (without & ALL_LAYERS) === 0) return { bits, candidate: true };
    const lost = (this.#teach(set, situation, row, without, this.escapeOf(situation, without)) - bits) * Math.LN2;
    const gained = turn % 2 === 0 ? this.depth : this.gain;
    const at = turn % 2 === 0 ? grade : turn >> 1;
    gained[at] += GAIN_RATE * (lost - gained[at]);
    return { bits, candidate: true };
  }

  /** One step by what the mask leaves of the evidence. @returns -log2 of the probability that it gave the row */
  #teach(set: CandidateSet, situation: Situation, row: number, mask: LayerMask, missing: Probability): Bits {
    // As one of the many things that were not named.
    if ((set.namedBy(row) & mask) === 0) return bitsOf(missing * LEAST_ESCAPE);
    this.weigh(set, situation, mask);
    const bits = bitsOf(Math.max((1 - missing) * set.share(row), LEAST));
    this.#call((x) => x.learn(set.rows, set.size, row));
    return bits;
  }

  stats(): { stateBytes: number; memoryBytes: number } {
    return { stateBytes: this.kernel.stateSize, memoryBytes: this.kernel.memorySize };
  }

  image(): Uint8Array {
    return this.kernel.image();
  }

  dispose(): void {
    this.kernel.dispose();
  }
}

/** Which of the GRADES a situation has. */
export function gradeOf({ history, few, sureness }: Situation): number {
  return history === 0 ? SURENESSES : few ? SURENESSES + 1 : sureness;
}

/** Where the coverage of situations like this one begins. */
function coverageOf({ history }: Situation): number {
  return history > 0 ? 0 : MASKS;
}

/** -log2 p, the same on every machine. */
function bitsOf(p: Probability): Bits {
  return -log(p) / Math.LN2;
}
