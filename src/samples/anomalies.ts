import { badArgument } from "../errors.js";
import type { Milliseconds } from "../types.js";
import { Random } from "./random.js";
import { checkWhole, settle, siteOf } from "./shop.js";
import type { LogEvent, ShopOptions } from "./types.js";
import { address } from "./visitors.js";

/**
 * What goes wrong: a scraper takes every product's page in the order of names, as one client that loads nothing else; a scan asks
 * for files that careless servers show, and gets 404; a flood is one product's page, asked for by a crowd.
 */
export type AnomalyKind = "scraper" | "scan" | "flood";

/** Which anomaly, and when. */
export interface AnomalyOptions {
  /** What goes wrong. */
  kind: AnomalyKind;
  /** Seed of the anomaly, an unsigned 32-bit integer; default 0. */
  seed?: number;
  /** When it begins, an integer in [0, 4e12]. */
  at: Milliseconds;
  /** How many requests, 1 to 1e6; default 60. */
  events?: number;
  /** Options of the shop whose pages are asked for. */
  shop?: ShopOptions;
}

const KINDS: readonly AnomalyKind[] = ["scraper", "scan", "flood"];
/** Mean milliseconds between two requests. */
const PACE: Record<AnomalyKind, Milliseconds> = { scraper: 250, scan: 120, flood: 40 };
const AGENT: Record<AnomalyKind, string> = {
  scraper: "python-requests/2.32.3",
  scan: "Mozilla/5.0 zgrab/0.x",
  flood: "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
};
const CARELESS = [
  "/.env",
  "/.git/config",
  "/wp-login.php",
  "/phpmyadmin/index.php",
  "/server-status",
  "/backup.zip",
  "/config.json",
  "/cgi-bin/test",
  "/.aws/credentials",
  "/actuator/env",
];

/**
 * A burst of requests that do not belong to the shop's usual traffic, by rising time. Equal options give equal events.
 * @throws MfnError ERR_ARGUMENT for an option outside its range
 */
export function anomalyEvents(options: AnomalyOptions): LogEvent[] {
  if (options === null || typeof options !== "object") throw badArgument("options", "an object", options);
  const { kind, seed = 0, at, events = 60, shop = {} } = options;
  if (!KINDS.includes(kind)) throw badArgument("kind", `"scraper", "scan" or "flood"`, kind);
  checkWhole("seed", seed, 0, 0xffffffff);
  checkWhole("at", at, 0, 4e12);
  checkWhole("events", events, 1, 1e6);
  const random = new Random(seed, 5);
  const products = siteOf(settle(shop)).products.flat();
  const paths = products.map(({ path }) => path).sort();
  const victim = random.pick(paths);
  // Addresses after those of the first 100,000 visitors.
  const client = 100_000 + random.below(30_000);
  const from = random.below(paths.length);
  let time = at;
  return Array.from({ length: events }, (_, i) => {
    const target = kind === "scraper" ? paths[(from + i) % paths.length] : kind === "scan" ? random.pick(CARELESS) : victim;
    const number = kind === "flood" ? 100_000 + random.below(30_000) : client;
    const event: LogEvent = {
      at: Math.floor(time),
      client: address(number),
      method: "GET",
      target,
      status: kind === "scan" ? 404 : 200,
      bytes: kind === "scan" ? 153 : 4000 + random.below(512),
      referrer: "",
      agent: AGENT[kind],
      truth: { visitor: number, kind: "anomaly", session: -1 },
    };
    time += random.exponential(PACE[kind]);
    return event;
  });
}
