import type { Milliseconds } from "../types.js";
import type { Random } from "./random.js";
import type { VisitorKind } from "./types.js";
import type { Visitor } from "./visits.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Visits by hour of the day (UTC), as multiples of the mean: few at night, most in the evening. Their mean is 1. */
const BY_HOUR = [
  0.35, 0.22, 0.15, 0.12, 0.12, 0.18, 0.35, 0.6, 0.9, 1.1, 1.2, 1.25, 1.35, 1.25, 1.15, 1.15, 1.25, 1.4, 1.6, 1.9, 2.1, 1.95, 1.46, 0.9,
];
/** By day of the week from Monday on. Their mean is 1. */
const BY_DAY = [1, 0.95, 0.92, 0.95, 0.98, 1.05, 1.15];
const BUSIEST = Math.max(...BY_HOUR) * Math.max(...BY_DAY);

/** Visits at a time, as a multiple of the mean. */
export function busyness(at: Milliseconds): number {
  // The epoch began on a Thursday.
  return BY_HOUR[Math.floor(at / HOUR) % 24] * BY_DAY[(Math.floor(at / DAY) + 3) % 7];
}

/**
 * The next arrival of a Poisson process whose rate goes with the hour and the day: by thinning (Lewis and Shedler, "Simulation of
 * nonhomogeneous Poisson processes by thinning", 1979). Arrivals of the busiest hour, of which each stays with the share that its
 * own hour has.
 */
export function nextArrival(after: Milliseconds, perDay: number, random: Random): Milliseconds {
  for (let at = after; ; ) {
    at += random.exponential(DAY / (perDay * BUSIEST));
    if (random.next() * BUSIEST < busyness(at)) return at;
  }
}

/** Kinds of visitors, and how many of 1,000 new ones are of each. */
const KINDS: readonly VisitorKind[] = ["browser", "searcher", "buyer", "customer", "crawler"];
const SHARES = [430, 240, 220, 105, 5];

const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
  "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
];
const ROBOT = "Mozilla/5.0 (compatible; ExampleBot/1.0; +https://bot.example/)";

/** Visitors remembered at most, so that an endless log takes bounded memory. */
const REMEMBERED = 4096;

/** Everybody who was here, as far as it is remembered. */
export class Visitors {
  readonly #random: Random;
  readonly #categories: number;
  readonly #returning: number;
  readonly #known: Visitor[] = [];
  #count = 0;

  constructor(random: Random, categories: number, returning: number) {
    this.#random = random;
    this.#categories = categories;
    this.#returning = returning;
  }

  /** Who visits next: somebody known, or a new one. */
  next(): Visitor {
    const random = this.#random;
    if (this.#known.length > 0 && random.chance(this.#returning)) return random.pick(this.#known);
    const visitor = this.#newcomer(this.#count++);
    if (this.#known.length < REMEMBERED) this.#known.push(visitor);
    else this.#known[visitor.number % REMEMBERED] = visitor;
    return visitor;
  }

  #newcomer(number: number): Visitor {
    const random = this.#random;
    const kind = KINDS[random.weighted(SHARES)];
    const agent = kind === "crawler" ? ROBOT : random.pick(AGENTS);
    const taste = () => random.zipf(this.#categories);
    return { number, kind, client: address(number), agent, tastes: [taste(), taste()], wish: undefined, cached: false, crawled: 0 };
  }
}

/** An address of 198.18.0.0/15, which is set aside for tests of networks (RFC 2544) and belongs to nobody. Neighbours in number are far apart. */
export function address(number: number): string {
  const n = Math.imul(number, 40503) & 0x1ffff; // an odd factor: each of the 2^17 addresses comes once
  return `198.${18 + (n >>> 16)}.${(n >>> 8) & 255}.${n & 255}`;
}
