// What a visitor does, page by page, by why they came. A visit is a generator: it gives one request and waits for its turn.
import type { Random } from "./random.js";
import type { Product, Site } from "./site.js";
import type { VisitorKind } from "./types.js";

/** A request, and the seconds until the next one. */
export interface Step {
  method: "GET" | "POST";
  target: string;
  status: number;
  bytes: number;
  referrer: string;
  seconds: number;
}

/** Somebody who visits. */
export interface Visitor {
  number: number;
  kind: VisitorKind;
  client: string;
  agent: string;
  /** The category that they like best, and the one they like next. */
  tastes: readonly [number, number];
  /** What they looked at last and may come back for. */
  wish: Product | undefined;
  /** Whether the browser keeps the style sheet and script. */
  cached: boolean;
  /** Where a robot goes on. */
  crawled: number;
}

/** Mean seconds on a page: to read a list, a product; before a decision; and between two requests of one page. */
const LIST = 9;
const PRODUCT = 24;
const DECISION = 75;
const SAME_PAGE = 0.2;

/** One visit under way. */
class Visit {
  /** The page that the visitor is on. */
  #page = "";

  constructor(
    readonly site: Site,
    readonly visitor: Visitor,
    readonly random: Random,
    private readonly from: string,
  ) {}

  /** A page is opened, unless it is open: by a link from where the visitor is, or from another site at first. */
  *open(target: string, mean: number): Generator<Step> {
    if (target === this.#page) return;
    const first = this.#page === "";
    const referrer = first ? this.from : this.#page;
    const loads = first && !this.visitor.cached;
    yield { ...this.#sized(target, "GET", 200), referrer, seconds: loads ? SAME_PAGE : this.#think(mean) };
    this.#page = target;
    if (!loads) return;
    this.visitor.cached = true;
    yield* this.#asset("/static/shop.css", SAME_PAGE);
    yield* this.#asset("/static/shop.js", this.#think(mean));
  }

  /** A call by the page's script. */
  *call(target: string, mean: number, method: Step["method"] = "POST", status = 200): Generator<Step> {
    yield { ...this.#sized(target, method, status), referrer: this.#page, seconds: this.#think(mean) };
  }

  *#asset(target: string, seconds: number): Generator<Step> {
    yield { ...this.#sized(target, "GET", 200), referrer: this.#page, seconds };
  }

  /** Sizes are near a page's own, which its name gives. */
  #sized(target: string, method: Step["method"], status: number) {
    let size = 2000 + 37 * target.length;
    for (let i = 0; i < target.length; i++) size += (target.charCodeAt(i) * (i + 7)) % 251;
    return { method, target, status, bytes: status === 200 ? size + this.random.below(64) : 0 };
  }

  /** Half a second at least; nobody stays on one page for more than ten minutes. */
  #think(mean: number): number {
    return 0.5 + Math.min(600, this.random.exponential(mean));
  }

  taste(): number {
    const { tastes } = this.visitor;
    if (this.random.chance(0.6)) return tastes[0];
    return this.random.chance(0.6) ? tastes[1] : this.random.below(this.site.categories.length);
  }
}

/** The visit of a visitor, by their kind. `from` is the page of another site that they come from, or "". */
export function visit(site: Site, visitor: Visitor, random: Random, from: string): Generator<Step> {
  const own = new Visit(site, visitor, random, from);
  switch (visitor.kind) {
    case "browser":
      return browse(own);
    case "searcher":
      return search(own);
    case "buyer":
      return buy(own);
    case "customer":
      return account(own);
    case "crawler":
      return crawl(own);
  }
}

/** Looks around: a category, a product, what that recommends, back to the list, another category; until patience is at an end. */
function* browse(v: Visit): Generator<Step> {
  const { site, random } = v;
  if (random.chance(0.7)) yield* v.open("/", LIST);
  let category = v.taste();
  let going = 0.95;
  while (random.chance(going)) {
    going = 0.55;
    yield* list(v, category, 0);
    for (let page = 0, looked = site.list(category, 0); looked.length > 0; looked = site.list(category, ++page)) {
      if (page > 0) yield* list(v, category, page);
      let product = looked[random.zipf(looked.length)];
      while (random.chance(0.7)) {
        yield* v.open(product.path, PRODUCT);
        v.visitor.wish = product;
        if (random.chance(0.45) && product.related.length > 0) product = product.related[random.zipf(product.related.length)];
        else {
          // Back to the list, for the next product of it.
          yield* list(v, category, page);
          product = looked[random.zipf(looked.length)];
        }
      }
      if (random.chance(0.75)) break;
    }
    category = v.taste();
  }
}

function* list(v: Visit, category: number, page: number): Generator<Step> {
  yield* v.open(`/${v.site.categories[category]}${page === 0 ? "" : `?page=${page + 1}`}`, LIST);
}

/** Knows the name of what they want: searches, looks at what is found, refines. May buy. */
function* search(v: Visit): Generator<Step> {
  const { site, random } = v;
  yield* v.open("/", 4);
  const wanted = v.visitor.wish !== undefined && random.chance(0.3) ? v.visitor.wish : site.popular(v.taste(), random);
  const words = random.shuffled(wanted.words);
  for (const word of words) {
    yield* v.call(`/api/suggest?q=${word.slice(0, 3)}`, 1.5, "GET");
    yield* v.open(`/search?q=${word}`, LIST);
    const found = site.search(word);
    if (found.length === 0) continue;
    const tries = 1 + random.zipf(3);
    for (let i = 0; i < tries; i++) {
      const seen = found[random.zipf(found.length)];
      yield* v.open(seen.path, PRODUCT);
      if (seen !== wanted && i < tries - 1) yield* v.open(`/search?q=${word}`, LIST);
    }
    if (found.includes(wanted) && random.chance(0.7)) {
      yield* v.open(wanted.path, PRODUCT);
      v.visitor.wish = wanted;
      if (random.chance(0.35)) yield* checkout(v);
      return;
    }
  }
}

/** Comes with a goal: finds the product, compares it with others, hesitates, comes back to it, puts it into the basket, pays or goes. */
function* buy(v: Visit): Generator<Step> {
  const { site, random } = v;
  const { wish } = v.visitor;
  const goal = wish !== undefined && random.chance(0.6) ? wish : site.popular(v.taste(), random);
  const direct = wish === goal && random.chance(0.5);
  if (!direct) {
    yield* v.open("/", LIST);
    yield* list(v, goal.category, 0);
  }
  yield* v.open(goal.path, PRODUCT);
  v.visitor.wish = goal;
  while (random.chance(0.5)) {
    const other = random.chance(0.6) && goal.related.length > 0 ? random.pick(goal.related) : site.popular(goal.category, random);
    if (other === goal) continue;
    yield* v.open(other.path, PRODUCT);
    yield* v.open(goal.path, DECISION);
  }
  yield* v.call("/api/basket", 2);
  yield* v.open("/basket", LIST);
  while (random.chance(0.3)) {
    // What goes with it.
    const more = goal.related.length > 0 ? goal.related[goal.related.length - 1] : goal;
    yield* v.open(more.path, PRODUCT);
    yield* v.call("/api/basket", 2);
    yield* v.open("/basket", LIST);
  }
  if (random.chance(0.75)) yield* checkout(v);
}

function* checkout(v: Visit): Generator<Step> {
  const { random } = v;
  yield* v.open("/basket", DECISION);
  if (!random.chance(0.85)) return;
  yield* v.open("/checkout/address", 40);
  if (!random.chance(0.85)) return;
  yield* v.open("/checkout/payment", 30);
  // Some cards are refused at first.
  while (random.chance(0.12)) {
    yield* v.call("/checkout/payment", 20, "POST", 402);
    yield* v.open("/checkout/payment", 20);
  }
  yield* v.call("/checkout/payment", 1, "POST", 303);
  yield* v.open("/checkout/done", LIST);
  v.visitor.wish = undefined;
  if (random.chance(0.3)) yield* v.open("/account/orders", LIST);
}

/** Looks after what was bought. */
function* account(v: Visit): Generator<Step> {
  const { random } = v;
  if (random.chance(0.5)) yield* v.open("/", 3);
  yield* v.open("/account/login", 8);
  while (random.chance(0.15)) yield* v.call("/api/session", 5, "POST", 401);
  yield* v.call("/api/session", 1);
  yield* v.open("/account/orders", LIST);
  while (random.chance(0.55)) {
    yield* v.open(random.chance(0.5) ? "/account/returns" : "/account/settings", LIST);
    yield* v.open("/account/orders", LIST);
  }
  if (random.chance(0.25)) yield* browse(v);
}

/** Fetches all products in the order of the site map, some at a visit. */
function* crawl(v: Visit): Generator<Step> {
  const { site, random, visitor } = v;
  const all = site.products.flat();
  yield* v.call("/robots.txt", 1, "GET");
  if (visitor.crawled === 0) yield* v.call("/sitemap.xml", 2, "GET");
  for (let left = 20 + random.below(40); left > 0; left--) {
    yield* v.call(all[visitor.crawled % all.length].path, 2, "GET");
    visitor.crawled = (visitor.crawled + 1) % all.length;
  }
}
