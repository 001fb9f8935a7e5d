import { Random } from "./random.js";
import type { SitePage } from "./types.js";

/** A product of the catalogue. */
export interface Product {
  path: string;
  category: number;
  /** What its page recommends: mostly of its category, one of the category that goes with it. */
  related: Product[];
  /** Words to find it by. */
  words: readonly string[];
}

/** Names of the categories, each followed by what is sold there. Neighbours in the list are bought together. */
const CATALOGUE: ReadonlyArray<readonly [string, ...string[]]> = [
  ["coffee", "espresso", "filter-coffee", "beans", "decaf", "cold-brew", "ristretto"],
  ["grinders", "burr-grinder", "hand-mill", "blade-grinder", "grinder-brush", "hopper", "dosing-cup"],
  ["kettles", "gooseneck-kettle", "stovetop-kettle", "electric-kettle", "travel-kettle", "kettle-base", "thermometer"],
  ["tea", "green-tea", "black-tea", "oolong", "rooibos", "matcha", "tea-sampler"],
  ["cups", "mug", "espresso-cup", "glass", "saucer", "tumbler", "travel-cup"],
  ["kitchen", "scale", "timer", "apron", "cutting-board", "tray", "jar"],
  ["books", "cookbook", "field-guide", "atlas", "notebook", "almanac", "diary"],
  ["stationery", "fountain-pen", "pencil", "ink", "envelope", "stamp", "ruler"],
  ["garden", "trowel", "watering-can", "seed-tray", "pruner", "planter", "twine"],
  ["tools", "hammer", "chisel", "hand-plane", "saw", "file", "clamp"],
  ["lighting", "desk-lamp", "lantern", "candle", "bulb", "torch", "lampshade"],
  ["textiles", "blanket", "towel", "cushion", "curtain", "rug", "tablecloth"],
];
const QUALITIES = ["plain", "classic", "small", "large", "travel", "copper", "oak", "blue", "green", "steel", "ceramic", "folding"];
const QUALITIES_MORE = ["red", "maple", "glass", "slim"];

/** Most categories and products in each: as many as there are names. */
export const MOST_CATEGORIES = CATALOGUE.length;
export const MOST_PRODUCTS = (QUALITIES.length + QUALITIES_MORE.length) * 6;
/** Products that a page of a list shows. */
const ON_A_PAGE = 8;
/** Recommendations on a product's page. */
const RELATED = 4;

/** The shop: its pages, what is popular today, and what its pages show. Equal options give equal shops. */
export class Site {
  readonly categories: readonly string[];
  /** By category, in the order of names. */
  readonly products: ReadonlyArray<readonly Product[]>;
  /** By category, the most popular first: changes from day to day. */
  readonly #popular: Product[][];
  readonly #random: Random;

  constructor(seed: number, categories: number, products: number) {
    const random = new Random(seed, 1);
    this.#random = random;
    this.categories = CATALOGUE.slice(0, categories).map(([name]) => name);
    const qualities = [...QUALITIES, ...QUALITIES_MORE];
    this.products = this.categories.map((name, category) => {
      const [, ...nouns] = CATALOGUE[category];
      const all = nouns.flatMap((noun) => qualities.map((quality) => ({ noun, quality })));
      return random
        .shuffled(all)
        .slice(0, products)
        .map(({ noun, quality }) => ({ path: `/${name}/${quality}-${noun}`, category, related: [], words: [...noun.split("-"), name] }));
    });
    this.#popular = this.products.map((own) => random.shuffled(own));
    for (const product of this.products.flat()) {
      const partner = product.category ^ 1;
      const found = new Set<Product>();
      // Small shops have too few products to recommend.
      for (let tries = 0; found.size < RELATED && tries < 50; tries++) {
        const from = found.size === RELATED - 1 && partner < categories ? partner : product.category;
        const other = this.popular(from, random);
        if (other !== product) found.add(other);
      }
      product.related.push(...found);
    }
  }

  /** A product of a category, by popularity. */
  popular(category: number, random: Random): Product {
    const ranked = this.#popular[category];
    return ranked[random.zipf(ranked.length)];
  }

  /** What a page of a category's list shows, the most popular first; empty past the last page. */
  list(category: number, page: number): readonly Product[] {
    return this.#popular[category].slice(page * ON_A_PAGE, (page + 1) * ON_A_PAGE);
  }

  /** What the search for a word shows. */
  search(word: string): readonly Product[] {
    return this.#popular.flatMap((ranked) => ranked.filter((product) => product.words.includes(word)).slice(0, ON_A_PAGE));
  }

  /** A day passes: some products go to another place in the ranking. */
  drift(share: number): void {
    for (const ranked of this.#popular) {
      for (let i = 0; i < ranked.length; i++) {
        if (!this.#random.chance(share)) continue;
        const [product] = ranked.splice(i, 1);
        ranked.splice(this.#random.zipf(ranked.length + 1), 0, product);
      }
    }
  }

  /** All pages that a visitor can come to, without query strings. */
  pages(): SitePage[] {
    const pages: SitePage[] = [{ path: "/", kind: "home" }];
    for (const [i, category] of this.categories.entries()) {
      pages.push({ path: `/${category}`, kind: "category", category });
      for (const { path } of this.products[i]) pages.push({ path, kind: "product", category });
    }
    pages.push({ path: "/search", kind: "search" }, { path: "/basket", kind: "basket" });
    for (const step of ["address", "payment", "done"]) pages.push({ path: `/checkout/${step}`, kind: "checkout" });
    for (const page of ["login", "orders", "returns", "settings"]) pages.push({ path: `/account/${page}`, kind: "account" });
    for (const file of ["shop.css", "shop.js"]) pages.push({ path: `/static/${file}`, kind: "static" });
    for (const call of ["basket", "suggest", "session"]) pages.push({ path: `/api/${call}`, kind: "api" });
    return pages;
  }
}
