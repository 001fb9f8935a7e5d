// The results as the hash of a link: `#v=1&step=…&at=…&ua=…&r=id:ours:theirs;…`. What comes from a link was made by somebody: it
// is checked, and shown as text alone.
import { catalogue, type Result } from "./catalogue.js";

/** Results, and where they were measured. */
export interface Report {
  results: Result[];
  /** The browser and its system, in a few words. */
  agent: string;
  /** The smallest step of its clock, in nanoseconds. */
  step: number;
  /** When, in milliseconds since the epoch. */
  at: number;
}

const VERSION = "1";
/** Characters of a browser's name that are kept. */
const AGENT = 80;
/** Stands for a side that was not measured. */
const NONE = "-";

/** A report as a hash, `#` included. */
export function encodeReport({ results, agent, step, at }: Report): string {
  const rows = results.map(({ id, ours, theirs }) => `${id}:${ours ?? NONE}:${theirs ?? NONE}`);
  return `#v=${VERSION}&step=${Math.round(step)}&at=${at}&ua=${encodeURIComponent(agent)}&r=${rows.join(";")}`;
}

/**
 * The report that a hash holds.
 * @returns undefined where it holds none; `fault` where it is not one of ours
 */
export function decodeReport(hash: string): { report: Report } | { fault: string } | undefined {
  if (hash === "" || hash === "#") return undefined;
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  if (!fields.has("r")) return undefined;
  if (fields.get("v") !== VERSION) return { fault: "the link is of another version of this page" };
  const step = Number(fields.get("step"));
  const at = Number(fields.get("at"));
  if (!(step > 0) || !(at >= 0 && at <= 8.64e15)) return { fault: "the link does not say when and with which clock it was measured" };
  const results: Result[] = [];
  for (const row of (fields.get("r") ?? "").split(";")) {
    const [id = "", ours = "", theirs = "", ...more] = row.split(":");
    if (!catalogue.some((entry) => entry.id === id) || results.some((other) => other.id === id)) continue;
    const times = [ours, theirs].map((text) => (text === NONE ? undefined : Number(text)));
    if (more.length > 0 || times.some((time) => time !== undefined && !(time > 0 && time < Infinity))) {
      return { fault: `the link is damaged at ${id}` };
    }
    const [mine, other] = times;
    results.push({ id, ours: mine, theirs: other, ...(mine === undefined && { failed: "there was no result" }) });
  }
  if (results.length === 0) return { fault: "the link has no result that this page knows" };
  // Characters that steer a terminal or turn the direction of text have no place in a name.
  const agent = (fields.get("ua") ?? "").replaceAll(/[\p{Cc}\p{Cf}]/gu, "").slice(0, AGENT);
  return { report: { results, agent, step, at } };
}

/** The browser and its system in a few words. */
export function agentOf({ userAgent }: { userAgent: string }): string {
  const browser =
    /\b(Edg|OPR|Firefox|SamsungBrowser|HeadlessChrome|Chrome|CriOS|FxiOS)\/(\d+)/.exec(userAgent) ??
    /\b(Version)\/(\d+).*Safari/.exec(userAgent);
  const names: Record<string, string> = {
    Edg: "Edge",
    OPR: "Opera",
    HeadlessChrome: "Chrome, headless,",
    CriOS: "Chrome",
    FxiOS: "Firefox",
    Version: "Safari",
  };
  const system = /\b(Windows|Android|iPhone|iPad|CrOS|Macintosh|Linux)\b/.exec(userAgent)?.[1];
  const told = browser === null ? "a browser" : `${names[browser[1]] ?? browser[1]} ${browser[2]}`;
  return `${told} on ${system === "Macintosh" ? "macOS" : (system ?? "a system of its own")}`.slice(0, AGENT);
}
