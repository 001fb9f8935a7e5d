import { badArgument } from "../errors.js";
import type { Milliseconds } from "../types.js";
import { Random } from "./random.js";
import { MOST_CATEGORIES, MOST_PRODUCTS, Site } from "./site.js";
import type { LogEvent, ShopOptions, SitePage } from "./types.js";
import { nextArrival, Visitors } from "./visitors.js";
import { type Step, type Visitor, visit } from "./visits.js";

const DAY = 86_400_000;
/** Monday, 6 January 2025. */
const START = 1_736_121_600_000;
/** Pages of other sites that send visitors, and how many of 100 visits each sends; the rest type the address. */
const FROM = ["", "https://search.example/", "https://news.example/coffee", "https://social.example/feed"];
const FROM_SHARES = [45, 38, 5, 12];

/** A visit under way: its next request is known, and when it comes. */
interface Session {
  at: Milliseconds;
  number: number;
  visitor: Visitor;
  step: Step;
  rest: Generator<Step>;
}

/**
 * The access log of a shop that does not exist: visitors of five kinds, each with tastes and a goal, whose visits overlap in time. See
 * docs/flow-data.md for the model. Equal options give equal events on every JavaScript engine. Events come by rising time. Memory is
 * bounded by the visits under way and 4,096 visitors remembered; O(log visits under way) an event.
 *
 * @returns an iterator without end, unless `events` says how many
 * @throws MfnError ERR_ARGUMENT for an option outside its range, when it is called
 * @example for (const event of shopLog({ seed: 7, events: 1000 })) console.log(logLine(event));
 */
export function shopLog(options: ShopOptions = {}): Generator<LogEvent, void, undefined> {
  return generate(settle(options));
}

/**
 * The pages of the shop with these options: what its visitors can come to.
 * @throws MfnError ERR_ARGUMENT for an option outside its range
 */
export function shopPages(options: ShopOptions = {}): SitePage[] {
  return siteOf(settle(options)).pages();
}

/** The shop of some options, as it opens. @internal */
export function siteOf({ seed, categories, products }: Required<ShopOptions>): Site {
  return new Site(seed, categories, products);
}

/** Options with everything filled in and checked. @internal */
export function settle(options: ShopOptions): Required<ShopOptions> {
  if (options === null || typeof options !== "object") throw badArgument("options", "an object", options);
  const { seed = 0, start = START, events = Number.POSITIVE_INFINITY, visitorsPerDay = 600 } = options;
  const { categories = 10, products = 24, returning = 0.4, drift = 0.05 } = options;
  checkWhole("seed", seed, 0, 0xffffffff);
  checkWhole("start", start, 0, 4e12);
  if (events !== Number.POSITIVE_INFINITY) checkWhole("events", events, 0, Number.MAX_SAFE_INTEGER);
  if (!(typeof visitorsPerDay === "number" && visitorsPerDay > 0 && visitorsPerDay <= 1e6))
    throw badArgument("visitorsPerDay", "a number in (0, 1e6]", visitorsPerDay);
  checkWhole("categories", categories, 1, MOST_CATEGORIES);
  checkWhole("products", products, 1, MOST_PRODUCTS);
  checkShare("returning", returning);
  checkShare("drift", drift);
  return { seed, start, events, visitorsPerDay, categories, products, returning, drift };
}

/** @internal */
export function checkWhole(name: string, value: unknown, least: number, most: number): void {
  if (!(Number.isInteger(value) && (value as number) >= least && (value as number) <= most))
    throw badArgument(name, `an integer in [${least}, ${most}]`, value);
}

function checkShare(name: string, value: unknown): void {
  if (!(typeof value === "number" && value >= 0 && value <= 1)) throw badArgument(name, "a share in [0, 1]", value);
}

function* generate(options: Required<ShopOptions>): Generator<LogEvent, void, undefined> {
  const { seed, start, events, visitorsPerDay, categories, returning, drift } = options;
  const site = siteOf(options);
  // Arrivals, people and each visit have random numbers of their own: a change of one leaves the others as they are.
  const arrivals = new Random(seed, 2);
  const visitors = new Visitors(new Random(seed, 3), categories, returning);
  const waiting = new Waiting();
  let sessions = 0;
  let today = Math.floor(start / DAY);
  let arrival = nextArrival(start, visitorsPerDay, arrivals);
  for (let given = 0; given < events; ) {
    const first = waiting.first;
    if (first === undefined || arrival <= first.at) {
      for (; today < Math.floor(arrival / DAY); today++) site.drift(drift);
      const visitor = visitors.next();
      const random = new Random(seed, 16 + sessions);
      const from = visitor.kind === "crawler" ? "" : FROM[random.weighted(FROM_SHARES)];
      const rest = visit(site, visitor, random, from);
      const step = rest.next();
      // A visit that is over before it began leaves no trace.
      if (!step.done) waiting.add({ at: arrival, number: sessions, visitor, step: step.value, rest });
      sessions++;
      arrival = nextArrival(arrival, visitorsPerDay, arrivals);
      continue;
    }
    yield eventOf(first);
    given++;
    const next = first.rest.next();
    if (next.done) waiting.removeFirst();
    else {
      first.at += first.step.seconds * 1000;
      first.step = next.value;
      waiting.sinkFirst();
    }
  }
}

function eventOf({ at, number, visitor, step }: Session): LogEvent {
  const { client, agent, kind } = visitor;
  const { method, target, status, bytes, referrer } = step;
  return {
    at: Math.floor(at),
    client,
    method,
    target,
    status,
    bytes,
    referrer,
    agent,
    truth: { visitor: visitor.number, kind, session: number },
  };
}

/** Sessions by the time of their next request: a binary heap. */
class Waiting {
  readonly #heap: Session[] = [];

  get first(): Session | undefined {
    return this.#heap[0];
  }

  add(session: Session): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(session);
    while (i > 0) {
      const above = (i - 1) >> 1;
      if (!before(session, heap[above])) break;
      heap[i] = heap[above];
      i = above;
    }
    heap[i] = session;
  }

  removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.sinkFirst();
  }

  /** Puts the first where it belongs, now that its time has changed. */
  sinkFirst(): void {
    const heap = this.#heap;
    const session = heap[0];
    let i = 0;
    for (;;) {
      let below = 2 * i + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && before(heap[below + 1], heap[below])) below++;
      if (!before(heap[below], session)) break;
      heap[i] = heap[below];
      i = below;
    }
    heap[i] = session;
  }
}

/** Ties by the number of the session, so that the order is one. */
function before(a: Session, b: Session): boolean {
  return a.at < b.at || (a.at === b.at && a.number < b.number);
}
