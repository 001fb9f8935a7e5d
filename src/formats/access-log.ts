import type { Operation } from "../engine/operations.js";
import { MfnError } from "../errors.js";
import { TokenHasher, tokenize } from "../text.js";
import type { Milliseconds } from "../types.js";
import { type LogEntry, parseLogLine } from "./log-line.js";
import { badName, type FormatReport, type LineParser, plural, type VectorOptions } from "./report.js";
import { StepCounter } from "./steps.js";

/** Options of `accessLogParser`. */
export interface AccessLogOptions extends VectorOptions {
  /** Tell clients behind one address apart by a hash of their user agent: the stream is "address agenthash". Default false. */
  agent?: boolean;
  /** Keep the query string in keys. Default false. */
  query?: boolean;
  /** Leave out requests whose user agent names itself a robot. Default false. */
  skipRobots?: boolean;
  /** Leave out style sheets, scripts, images, fonts and the like, by their suffix. Default false. */
  skipAssets?: boolean;
  /**
   * The site's own host names. Referrers from these make links, all others do not. If left out, a host counts as the site's own
   * from the first referrer on whose path (other than "/") was requested in this log before.
   */
  sites?: readonly string[];
  /** Length of the steps of the series "requests"; default one minute. */
  interval?: Milliseconds;
}

/** A request is logged when it ends, with the time of its start: it may be that late and still count. */
const lateness: Milliseconds = 5 * 60_000;
const robots = /bot\b|bot[/_-]|crawl|spider|slurp|curl\/|wget\/|python-requests|headlesschrome|facebookexternalhit|monitor/i;
const assets = /\.(?:css|js|mjs|map|png|jpe?g|gif|svg|ico|webp|avif|bmp|woff2?|ttf|otf|eot|mp4|webm|mp3|ogg)$/i;
/** Hosts remembered at most; referrers can be forged without end. */
const mostHosts = 10_000;

/**
 * Reads an access log in Common or Combined Log Format. A request becomes
 * - `observe`: stream = the client's address, key = "METHOD /path" (without the query string; ids in paths stay). It comes first: whoever
 *   predicts it, or learns from it, must not know yet what only its own line tells;
 * - `remember`, the first time the key is seen: vector = the hashed tokens of its path;
 * - `link` of type "referrer", reinforced, from "GET /path" of a same-site referrer to the key;
 * - and is counted in the series "requests", recorded as each minute (or `interval`) ends.
 *
 * Lines that are no request (garbage, broken off, no time) are counted in the report with the reason. Memory: one string a distinct key.
 *
 * @param report gets notes at the end
 * @throws MfnError `ERR_ARGUMENT` for an option outside its domain
 * @example
 * import type { Operation } from "mfn";
 * const parser = accessLogParser(newReport("access-log"), { dimensions: 0 });
 * const operations: Operation[] = [];
 * const why = parser.line('10.0.0.1 - - [10/Oct/2023:13:55:36 +0000] "GET /tea HTTP/1.1" 200 123', operations); // undefined, as it is well formed
 * operations.some(({ op }) => op === "observe"); // true
 */
export function accessLogParser(report: FormatReport<string>, options: AccessLogOptions = {}): LineParser {
  return new AccessLogParser(report, options);
}

class AccessLogParser implements LineParser {
  readonly #report: FormatReport<string>;
  readonly #options: AccessLogOptions;
  readonly #hasher: TokenHasher | undefined;
  readonly #requests: StepCounter;
  readonly #known = new Set<string>();
  /** Host names taken for the site's own. */
  readonly #own = new Set<string>();
  #skippedRobots = 0;
  #skippedAssets = 0;
  /** The last user agent and its hash: neighbouring lines often have the same. */
  #agent = "";
  #agentHash = "";

  constructor(report: FormatReport<string>, options: AccessLogOptions) {
    const { dimensions = 128, hashSeed = 0, interval = 60_000, sites = [] } = options;
    if (!(interval > 0 && interval < Number.POSITIVE_INFINITY)) {
      throw new MfnError("ERR_ARGUMENT", `interval: expected milliseconds > 0, got ${interval}`);
    }
    this.#report = report;
    this.#options = options;
    this.#hasher = dimensions === 0 ? undefined : new TokenHasher({ dimensions, seed: hashSeed });
    this.#requests = new StepCounter("requests", interval, Math.max(lateness, interval));
    for (const site of sites) this.#own.add(site.toLowerCase());
  }

  line(line: string, into: Operation[]): string | undefined {
    const entry = parseLogLine(line);
    if (typeof entry === "string") return entry;
    const { at } = entry;
    const path = pathOf(entry.target, this.#options.query === true);
    const key = `${entry.method} ${path}`;
    const stream = this.#options.agent === true ? `${entry.client} ${this.#hashOf(entry.agent)}` : entry.client;
    const bad = badName(key) ?? badName(stream);
    if (bad !== undefined) return `the request or its client ${bad}`;
    if (this.#options.skipRobots === true && robots.test(entry.agent)) {
      this.#skippedRobots++;
      return undefined;
    }
    if (this.#options.skipAssets === true && assets.test(path)) {
      this.#skippedAssets++;
      return undefined;
    }

    this.#requests.add(at, into);
    const from = this.#referrerOf(entry);
    into.push({ op: "observe", stream, key, at });
    if (!this.#known.has(key)) {
      this.#known.add(key);
      const vector = this.#vectorOf(path);
      into.push(vector === undefined ? { op: "remember", key, at } : { op: "remember", key, vector, at });
    }
    if (from !== undefined && from !== key) into.push({ op: "link", from, to: key, type: "referrer", weight: 1, reinforce: true, at });
    return undefined;
  }

  end(into: Operation[]): undefined {
    this.#requests.end(into);
    const { notes } = this.#report;
    const { late, skipped } = this.#requests;
    if (this.#skippedRobots > 0) notes.push(`${plural(this.#skippedRobots, "request")} of robots left out`);
    if (this.#skippedAssets > 0) notes.push(`${plural(this.#skippedAssets, "request")} for static assets left out`);
    if (late > 0)
      notes.push(`${plural(late, "request")} out of time order, not counted in the series "requests" (are the files in order?)`);
    if (skipped > 0) notes.push(`${plural(skipped, "step")} without requests not recorded, in gaps of more than 4096`);
  }

  /** The key of the page that a request says it came from, if that is a page of this site. */
  #referrerOf(entry: LogEntry): string | undefined {
    const url = /^https?:\/\/([^/?#]+)(.*)$/is.exec(entry.referrer);
    if (url === null) return undefined;
    const host = url[1].toLowerCase().replace(/^.*@/, "").replace(/:\d*$/, "");
    const path = pathOf(url[2], this.#options.query === true);
    const from = `GET ${path}`;
    if (badName(from) !== undefined) return undefined;
    if (this.#own.has(host)) return from;
    if (this.#options.sites !== undefined || path === "/" || !this.#known.has(from) || this.#own.size >= mostHosts) return undefined;
    this.#own.add(host);
    return from;
  }

  /** The vector of a path; undefined if it has no tokens. */
  #vectorOf(path: string): Float32Array | undefined {
    if (this.#hasher === undefined) return undefined;
    let plain = path;
    try {
      plain = decodeURIComponent(path);
    } catch {
      // Not every percent sign is an escape; the path is then taken as it is.
    }
    const tokens = tokenize(plain);
    return tokens.length === 0 ? undefined : this.#hasher.vector(tokens);
  }

  #hashOf(agent: string): string {
    if (agent !== this.#agent || this.#agentHash === "") {
      this.#agent = agent;
      this.#agentHash = hashOf(agent);
    }
    return this.#agentHash;
  }
}

/** The path of a request target in any of its forms ("/a?b", "http://host/a", "host:443", "*"), without fragment and, unless kept, query. */
function pathOf(target: string, query: boolean): string {
  let path = target.replace(/^https?:\/\/[^/?#]*/i, "");
  const end = path.search(query ? /#/ : /[?#]/);
  if (end >= 0) path = path.slice(0, end);
  return path === "" || path.startsWith("?") ? `/${path}` : path;
}

/** Eight hexadecimal digits of a text: FNV-1a over its UTF-16 units (Fowler, Noll, Vo), mixed by the finaliser of MurmurHash3 (Appleby). */
function hashOf(text: string): string {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0).toString(16).padStart(8, "0");
}
