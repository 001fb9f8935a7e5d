import type { Milliseconds } from "../types.js";

/** Why somebody visits: to look around, for a thing they know by name, to buy, for their account, or to fetch every page (a robot). */
export type VisitorKind = "browser" | "searcher" | "buyer" | "customer" | "crawler";

/** One request, as an access log holds it. */
export interface LogEvent {
  /** Time of the request; never before that of the event before it. */
  at: Milliseconds;
  /** The client's address. */
  client: string;
  /** The request's method. */
  method: "GET" | "POST";
  /** Path with the query string. */
  target: string;
  /** Status of the answer: 200, or 303, 401, 402, 404. */
  status: number;
  /** Bytes of the answer. */
  bytes: number;
  /** The page that led here: a target of this site, a whole URL of another one, or "" if there was none. */
  referrer: string;
  /** The user agent. */
  agent: string;
  /** What the model knows and no log says: whose request it is, and what for. */
  truth: Truth;
}

/** Whose request it is, and what for. */
export interface Truth {
  /** Number of the visitor, in the order of their first visits; of an anomaly from 100,000 on. */
  visitor: number;
  /** Why they visit. */
  kind: VisitorKind | "anomaly";
  /** Number of the visit; -1 of an anomaly. */
  session: number;
}

/** How the shop is made. */
export interface ShopOptions {
  /** Seed of all that is random, an unsigned 32-bit integer; default 0. */
  seed?: number;
  /** When the log begins; default Monday, 6 January 2025, 00:00 UTC. An integer in [0, 4e12]. */
  start?: Milliseconds;
  /** Events after which the log ends, an integer >= 0; default: it does not. */
  events?: number;
  /** Visits on an average day, in (0, 1e6]; default 600. */
  visitorsPerDay?: number;
  /** Categories, 1 to 12; default 10. */
  categories?: number;
  /** Products in each category, 1 to 96; default 24. */
  products?: number;
  /** Share of visits by somebody who was here before, in [0, 1]; default .4. */
  returning?: number;
  /** Share of the products that change their place in the ranking of popularity every day, in [0, 1]; default .05. */
  drift?: number;
}

/** A page of the shop. */
export interface SitePage {
  /** Without the query string. */
  path: string;
  /** What it is for. */
  kind: "home" | "category" | "product" | "search" | "basket" | "checkout" | "account" | "static" | "api";
  /** Of categories and products. */
  category?: string;
}
