/**
 * Text to vectors without a vocabulary: words and identifiers are cut, hashed and added up. Portable, no dependencies; equal
 * input gives equal bits on every engine (only +, -, *, / and the correctly rounded square root are used).
 *
 * @module
 */
import { badArgument } from "./errors.js";
import { log } from "./math.js";

/** What a character does to the token it stands in. */
const OTHER = 0;
const LOWER = 1; // small letters, and letters of scripts without case
const UPPER = 2;
const DIGIT = 3;
const MARK = 4; // combining marks stay with what they stand on
const UNSPACED = 5; // scripts written without spaces between words

/** Longer tokens (encoded blobs, mostly) are cut to this many UTF-16 units: their tail tells nothing. */
const LONGEST_TOKEN = 64;

const classes = new Map<number, number>();

/** The class of a code point; remembered, because property escapes are slow. */
function classOf(point: number): number {
  if (point < 128) {
    if (point >= 97 && point <= 122) return LOWER;
    if (point >= 65 && point <= 90) return UPPER;
    return point >= 48 && point <= 57 ? DIGIT : OTHER;
  }
  let found = classes.get(point);
  if (found === undefined) {
    const char = String.fromCodePoint(point);
    if (/[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Mymr}]/u.test(char) && /\p{L}|\p{M}/u.test(char)) {
      found = UNSPACED;
    } else if (/\p{Lu}|\p{Lt}/u.test(char)) found = UPPER;
    else if (/\p{L}/u.test(char)) found = LOWER;
    else if (/\p{M}/u.test(char)) found = MARK;
    else found = /\p{N}/u.test(char) ? DIGIT : OTHER;
    classes.set(point, found);
  }
  return found;
}

/** Adds the characters of a run without spaces as overlapping pairs, the usual stand-in for words there. */
function pushPairs(tokens: string[], run: string): void {
  const chars = [...run];
  if (chars.length === 1) tokens.push(run);
  for (let i = 1; i < chars.length; i++) tokens.push(chars[i - 1] + chars[i]);
}

/**
 * Cuts text into lower-case words: at everything that is no letter or digit, between letters and digits, and inside camelCase
 * (`parseHTTPResponse2` gives parse, http, response, 2). Letters of any script count; text is compared in its NFKC form. Runs of
 * scripts without spaces (Han, kana, Thai and its neighbours) become overlapping pairs of characters. Tokens are cut to 64
 * UTF-16 units. O(length).
 *
 * @example tokenize("src/node/accessLog_v2.ts") // ["src", "node", "access", "log", "v", "2", "ts"]
 */
export function tokenize(text: string): string[] {
  const tokens: string[] = [];
  if (!/^[\0-\x7f]*$/.test(text)) text = text.normalize("NFKC");
  let start = 0; // of the token that is open
  let before = OTHER; // class of its last character
  let uppers = 0; // where its last capital began, if it ends in capitals
  const flush = (end: number) => {
    if (end <= start) return;
    if (before === UNSPACED) pushPairs(tokens, text.slice(start, end));
    else tokens.push(text.slice(start, Math.min(end, start + LONGEST_TOKEN)).toLowerCase());
  };
  for (let i = 0; i < text.length; ) {
    const point = text.codePointAt(i) as number;
    const next = i + (point > 0xffff ? 2 : 1);
    let kind = classOf(point);
    if (kind === MARK) kind = before; // a mark after nothing is nothing
    if (kind !== before) {
      if (before === UPPER && kind === LOWER) {
        // One capital begins a word; of several, the last one does.
        if (uppers > start) {
          flush(uppers);
          start = uppers;
        }
      } else {
        if (before !== OTHER) flush(i);
        start = i;
      }
    }
    if (kind === OTHER) start = next;
    else if (kind === UPPER && classOf(point) !== MARK) uppers = i;
    before = kind;
    i = next;
  }
  flush(text.length);
  return tokens;
}

/** Mixes 32 bits: the finaliser of MurmurHash3 (Appleby, public domain). */
function mix32(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Seeded 32-bit hash over all UTF-16 units of a token: MurmurHash3's body with one unit a turn. */
function hashToken(token: string, seed: number): number {
  let h = seed;
  for (let i = 0; i < token.length; i++) {
    let k = Math.imul(token.charCodeAt(i), 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h ^= k;
    h = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
  }
  return mix32(h ^ token.length);
}

/** A text as tokens: cut by `tokenize`, or cut already. */
function tokensOf(text: string | Iterable<string>): Iterable<string> {
  return typeof text === "string" ? tokenize(text) : text;
}

/** How many coordinates a token is spread over. One would let two short texts collide fully once in `dimensions` pairs. */
const SPREAD = 8;

/** Options of a `TokenHasher`. */
export interface TokenHasherOptions {
  /** Length of the vectors, 1 to 65536; default 128. */
  dimensions?: number;
  /** Seed of the hash, an unsigned 32-bit integer; vectors of different seeds have nothing in common. Default 0. */
  seed?: number;
}

/**
 * Turns tokens into vectors of fixed length by signed feature hashing: every token adds its weight, with signs, to 8 coordinates
 * chosen by its hash (one in each eighth of the vector), and the sum is scaled to length 1. Weights are (1 + ln tf) times the
 * inverse document frequency if documents were counted. Inner products of the tf-idf vectors survive to about 1/sqrt(dimensions).
 *
 * Sources: Weinberger, Dasgupta, Langford, Smola, Attenberg, "Feature hashing for large scale multitask learning", ICML 2009; one
 * coordinate a block: Kane and Nelson, "Sparser Johnson-Lindenstrauss transforms", J. ACM 2014; the idf: Robertson and Zaragoza,
 * "The probabilistic relevance framework: BM25 and beyond", 2009.
 *
 * @example
 * const hasher = new TokenHasher({ dimensions: 64 });
 * const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);
 * const [basket, cart, news] = ["add to basket", "add to cart", "weather news"].map((text) => hasher.vector(text));
 * dot(basket, cart) > dot(basket, news); // true
 */
export class TokenHasher {
  /** Length of the vectors. */
  readonly dimensions: number;
  readonly #seed: number;
  readonly #spread: number;
  readonly #sum: Float64Array;
  /** Documents a token was counted in, by its hash. */
  readonly #documentsWith = new Map<number, number>();
  #documents = 0;

  /** Errors: `ERR_ARGUMENT` for dimensions or a seed outside their range. */
  constructor(options: TokenHasherOptions = {}) {
    const { dimensions = 128, seed = 0 } = options;
    if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > 65536) {
      throw badArgument("dimensions", "an integer in [1, 65536]", dimensions);
    }
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) throw badArgument("seed", "an unsigned 32-bit integer", seed);
    this.dimensions = dimensions;
    this.#seed = mix32((seed ^ 0x9e3779b9) | 0);
    this.#spread = Math.min(SPREAD, dimensions);
    this.#sum = new Float64Array(dimensions);
  }

  /** Documents counted so far. */
  get documents(): number {
    return this.#documents;
  }

  /** Counts the tokens of one document (a text, or its tokens), each once; tokens that many documents have weigh less from then on. O(tokens). */
  count(text: string | Iterable<string>): void {
    const tokens = tokensOf(text);
    this.#documents++;
    const seen = new Set<number>();
    for (const token of tokens) {
      const hash = hashToken(token, this.#seed);
      if (seen.has(hash)) continue;
      seen.add(hash);
      this.#documentsWith.set(hash, (this.#documentsWith.get(hash) ?? 0) + 1);
    }
  }

  /**
   * The vector of a text, or of its tokens, of length 1; all zeros if there are no tokens (or, with the odds of a hash collision, if they cancel).
   * O(tokens + dimensions). Errors: `ERR_DIMENSION` if `out` has another length.
   *
   * @param out where to write it; a new array if left out
   */
  vector(text: string | Iterable<string>, out: Float32Array = new Float32Array(this.dimensions)): Float32Array {
    if (out.length !== this.dimensions) throw badArgument("out", `${this.dimensions} elements`, out, "ERR_DIMENSION");
    const tokens = tokensOf(text);
    const times = new Map<number, number>();
    for (const token of tokens) {
      const hash = hashToken(token, this.#seed);
      times.set(hash, (times.get(hash) ?? 0) + 1);
    }
    const sum = this.#sum.fill(0);
    for (const [hash, count] of times) this.#add(hash, (count === 1 ? 1 : 1 + log(count)) * this.#idf(hash));
    let square = 0;
    for (let i = 0; i < sum.length; i++) square += sum[i] * sum[i];
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let i = 0; i < sum.length; i++) out[i] = sum[i] * scale;
    return out;
  }

  #add(hash: number, weight: number): void {
    const { dimensions } = this;
    const spread = this.#spread;
    let h = hash;
    for (let j = 0, from = 0; j < spread; j++) {
      const to = Math.floor(((j + 1) * dimensions) / spread);
      h = mix32((h + 0x9e3779b9) | 0);
      // The upper 16 bits choose the coordinate, the lowest the sign.
      const index = from + (((h >>> 16) * (to - from)) >>> 16);
      this.#sum[index] += (h & 1) === 0 ? weight : -weight;
      from = to;
    }
  }

  #idf(hash: number): number {
    const all = this.#documents;
    if (all === 0) return 1;
    const having = this.#documentsWith.get(hash) ?? 0;
    return log(1 + (all - having + 0.5) / (having + 0.5));
  }
}
