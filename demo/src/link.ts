// A run as the part of an address behind "#", and back: `v=1&seed=7&n=1024&at=120&do=a40,r80:GET%20%2Ftea,t90:20`. What is as usual is left
// out. The visitor's data goes along compressed, where that is short enough to be sent around.
import type { Action, Run } from "./protocol.js";
import { defaultRun, LIMITS } from "./run.js";

/** Longest data in a link, in characters of base64url: mail programs and chats cut longer addresses. */
export const MOST_DATA = 8192;
/** Most text that a link's data may unpack to. */
const MOST_TEXT = 4 * 2 ** 20;
/** Most actions that are read from a link. */
const MOST_ACTIONS = 1000;

/** The letters of actions. */
const LETTERS = { anomaly: "a", remove: "r", neurons: "n", threshold: "t", winners: "w" } as const;
/** The names of the numbers. */
const NUMBERS = { seed: "seed", neurons: "n", threshold: "mv", winners: "k", position: "at" } as const;

type NumberName = keyof typeof NUMBERS;

/** What a link says. */
export interface Decoded {
  run: Run;
  /** What of the link could not be used, as a sentence for the visitor. */
  note?: string;
}

/** The hash of a run, without "#". The same run gives the same one in one browser; data that is too long is only named. */
export async function encodeRun(run: Run): Promise<string> {
  const usual = defaultRun();
  const parts = ["v=1"];
  for (const name of Object.keys(NUMBERS) as NumberName[]) {
    if (name === "seed" || run[name] !== usual[name]) parts.push(`${NUMBERS[name]}=${run[name]}`);
  }
  if (run.actions.length > 0) parts.push(`do=${run.actions.map(encodeAction).join(",")}`);
  if (run.source === "own") {
    parts.push("own=1");
    if (run.data !== undefined) {
      parts.push(`name=${encodePart(run.data.name)}`);
      // Nothing that is longer than this packs into a link.
      const packed = run.data.text.length > 64 * MOST_DATA ? "" : await pack(run.data.text);
      if (packed.length <= MOST_DATA && packed !== "") parts.push(`data=${packed}`);
    }
  }
  return parts.join("&");
}

/**
 * The run of a hash, with or without "#". Never throws: what cannot be used is left out, and said in the note.
 */
export async function decodeRun(hash: string): Promise<Decoded> {
  const run = defaultRun();
  const text = hash.replace(/^#/, "");
  if (text === "") return { run };
  const fields = new Map<string, string>();
  for (const part of text.split("&")) {
    const equals = part.indexOf("=");
    if (equals > 0) fields.set(part.slice(0, equals), part.slice(equals + 1));
  }
  if (fields.get("v") !== "1") return { run, note: "This link is of another version of the page, or broken: the sample starts instead." };
  const bad: string[] = [];
  for (const name of Object.keys(NUMBERS) as NumberName[]) {
    const written = fields.get(NUMBERS[name]);
    if (written === undefined) continue;
    const value = numberOf(written, name);
    if (value === undefined) bad.push(name);
    else run[name] = value;
  }
  const actions = decodeActions(fields.get("do") ?? "");
  if (actions === undefined) bad.push("actions");
  else run.actions = actions;
  const note = bad.length === 0 ? undefined : `Part of this link is broken and was left out: ${bad.join(", ")}.`;
  if (fields.get("own") !== "1") return note === undefined ? { run } : { run, note };
  return decodeOwn(run, fields, note);
}

/** The visitor's data of a link. Without it the run cannot be: its position and actions mean other events. */
async function decodeOwn(run: Run, fields: Map<string, string>, note: string | undefined): Promise<Decoded> {
  const name = decodePart(fields.get("name") ?? "") || "data";
  const packed = fields.get("data");
  const text = packed === undefined || packed.length > 4 * MOST_DATA ? undefined : await unpack(packed);
  if (text !== undefined) {
    const own: Run = { ...run, source: "own", data: { name, text } };
    return note === undefined ? { run: own } : { run: own, note };
  }
  const missing =
    packed === undefined
      ? `This link is of a run over "${name}", which was too long to be in it: bring the file again. The sample runs until then.`
      : `The data in this link is broken: bring "${name}" again. The sample runs until then.`;
  return { run: { ...run, position: 0, actions: [] }, note: missing };
}

function encodeAction(action: Action): string {
  const start = `${LETTERS[action.kind]}${action.at}`;
  if (action.kind === "anomaly") return start;
  return `${start}:${action.kind === "remove" ? encodePart(action.key) : action.value}`;
}

/** The actions in the order of their places; undefined if one is broken. */
function decodeActions(text: string): Action[] | undefined {
  if (text === "") return [];
  const written = text.split(",");
  if (written.length > MOST_ACTIONS) return undefined;
  const actions: Action[] = [];
  for (const one of written) {
    const parts = /^([anrtw])(\d{1,8})(?::(.*))?$/s.exec(one);
    const at = parts === null ? undefined : numberOf(parts[2], "position");
    if (parts === null || at === undefined) return undefined;
    const kind = (Object.keys(LETTERS) as Array<Action["kind"]>).find((name) => LETTERS[name] === parts[1]) as Action["kind"];
    const rest = parts[3];
    if (kind === "anomaly") {
      if (rest !== undefined) return undefined;
      actions.push({ at, kind });
    } else if (kind === "remove") {
      const key = decodePart(rest ?? "");
      if (key === undefined || key === "") return undefined;
      actions.push({ at, kind, key });
    } else {
      const value = numberOf(rest ?? "", kind);
      if (value === undefined) return undefined;
      actions.push({ at, kind, value });
    }
  }
  // Sorting is stable: what was done at one place stays in its order.
  return actions.sort((a, b) => a.at - b.at);
}

/** A number within its bounds; whole but for the threshold. */
function numberOf(text: string, name: NumberName): number | undefined {
  if (!/^\d{1,10}(?:\.\d{1,17})?$/.test(text)) return undefined;
  const value = Number(text);
  const { least, most } = LIMITS[name];
  return value >= least && value <= most && (name === "threshold" || Number.isInteger(value)) ? value : undefined;
}

/** Percent-encoding, which "," and ":" go through as well: they separate actions and their parts. Lone surrogates become U+FFFD. */
function encodePart(text: string): string {
  return encodeURIComponent(text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd"));
}

function decodePart(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A text deflated (RFC 1951), in base64url (RFC 4648) without padding. */
async function pack(text: string): Promise<string> {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"), Number.POSITIVE_INFINITY);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The text of `pack`; undefined if it is damaged, or longer than a link's may be. */
async function unpack(packed: string): Promise<string | undefined> {
  try {
    const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    const unpacked = await through(bytes, new DecompressionStream("deflate-raw"), MOST_TEXT);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(unpacked);
  } catch {
    return undefined;
  }
}

/** Bytes sent through a stream that changes them. @throws RangeError for more than `most` */
async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new RangeError(`more than ${most} bytes`);
    }
    chunks.push(value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
