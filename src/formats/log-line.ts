// One line of an access log. Common Log Format: `host ident user [day/Mon/year:h:m:s zone] "request" status bytes`; Combined adds
// `"referrer" "user agent"`. Servers put more behind (times, forwarded addresses): it is not looked at. Debian's
// other_vhosts_access.log puts the virtual host and port in front. Source: Apache HTTP Server documentation, "Log Files".
import { excerpt } from "./report.js";

/** What an access log says of a request. */
export interface LogEntry {
  /** Address or name of who asked. */
  client: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** In capitals. */
  method: string;
  /** The request target as it was sent. */
  target: string;
  /** Status code of the answer. */
  status: number;
  /** "" if the log has none. */
  referrer: string;
  /** The user agent as it calls itself; "" if the log has none. */
  agent: string;
}

const time = / \[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})\] "/;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** Methods are tokens in the standard; real ones are letters, and garbage that was sent to the port is not. */
const method = /^[A-Za-z][A-Za-z_-]{0,31}$/;
const protocol = /^HTTP\/\d(\.\d)?$/i;
const result = / (\d{3}) (\d+|-)(?= |$)/y;

/** Parses a line; gives the reason as a string if it is malformed. O(length). */
export function parseLogLine(line: string): LogEntry | string {
  const stamp = time.exec(line);
  if (stamp === null) return `no time like [10/Oct/2000:13:55:36 -0700] before a quoted request: ${excerpt(line)}`;
  const client = clientOf(line.slice(0, stamp.index));
  if (client === undefined) return `no client address before the time: ${excerpt(line)}`;
  const at = timeOf(stamp);
  if (at === undefined) return `no such time: ${stamp[0].slice(1, -2)}`;

  const requestFrom = stamp.index + stamp[0].length;
  const requestTo = closingQuote(line, requestFrom);
  if (requestTo < 0) return "the request's quote is not closed";
  result.lastIndex = requestTo + 1;
  const outcome = result.exec(line);
  if (outcome === null) return `no status and size after the request: ${excerpt(line.slice(requestTo + 1))}`;
  const request = line.slice(requestFrom, requestTo);
  const parts = splitRequest(unescapeField(request));
  if (parts === undefined) return request === "-" || request === "" ? "no request was sent" : `not a request: ${excerpt(request)}`;

  let referrer = "";
  let agent = "";
  const rest = result.lastIndex;
  if (line.startsWith(' "', rest)) {
    const referrerTo = closingQuote(line, rest + 2);
    if (referrerTo < 0) return "the referrer's quote is not closed";
    referrer = dashless(unescapeField(line.slice(rest + 2, referrerTo)));
    if (line.startsWith(' "', referrerTo + 1)) {
      const agentTo = closingQuote(line, referrerTo + 3);
      if (agentTo < 0) return "the user agent's quote is not closed";
      agent = dashless(unescapeField(line.slice(referrerTo + 3, agentTo)));
    }
  }
  return { client, at, method: parts[0], target: parts[1], status: Number(outcome[1]), referrer, agent };
}

/** The client of "host ident user": its first field, or the second after a virtual host with a port. */
function clientOf(head: string): string | undefined {
  const fields = head.split(" ", 4);
  if (fields.length < 3 || fields[0] === "") return undefined;
  if (fields.length === 4 && /:\d+$/.test(fields[0]) && !isAddress(fields[0]) && isAddress(fields[1])) return fields[1];
  return fields[0];
}

/** Whether a text is an address of IP, version 4 or 6 (RFC 4291, section 2.2). */
function isAddress(text: string): boolean {
  if (/^(?:(?:0|[1-9]\d{0,2})(?:\.|$)){4}$/.test(text) && !text.endsWith(".")) return text.split(".").every((part) => Number(part) < 256);
  if (!/^[\da-f.:]+$/i.test(text) || !text.includes(":")) return false;
  const parts = text.split(":");
  const last = parts[parts.length - 1];
  // An address of version 4 at the end stands for two groups.
  const four = last.includes(".");
  if (four && !isAddress(last)) return false;
  const groups = four ? parts.slice(0, -1) : parts;
  const gaps = text.split("::").length - 1;
  if (gaps > 1 || (gaps === 0 && groups.includes("")) || /^:[^:]|[^:]:$|:::/.test(text)) return false;
  const written = groups.filter((group) => group !== "");
  const count = written.length + (four ? 2 : 0);
  return written.every((group) => group.length <= 4 && !group.includes(".")) && (gaps === 1 ? count < 8 : count === 8);
}

/** The time of a match, in milliseconds since the epoch; undefined if there is no such day or hour. */
function timeOf(stamp: RegExpExecArray): number | undefined {
  const month = months.indexOf(stamp[2]);
  const [day, year, hour, minute, second] = [+stamp[1], +stamp[3], +stamp[4], +stamp[5], +stamp[6]];
  const [zoneHour, zoneMinute] = [+stamp[8], +stamp[9]];
  // 60 is a leap second.
  if (month < 0 || hour > 23 || minute > 59 || second > 60 || zoneHour > 15 || zoneMinute > 59) return undefined;
  const date = Date.UTC(year, month, day);
  // Years below 100 would be taken for 19xx, days past the month's end for the next month.
  if (year < 100 || new Date(date).getUTCDate() !== day) return undefined;
  const zone = (zoneHour * 60 + zoneMinute) * 60_000;
  return date + ((hour * 60 + minute) * 60 + second) * 1000 - (stamp[7] === "-" ? -zone : zone);
}

/** Where the quoted field that starts at `from` ends, skipping escaped characters; -1 if it does not. */
function closingQuote(line: string, from: number): number {
  for (let i = from; i < line.length; i++) {
    const unit = line.charCodeAt(i);
    if (unit === 34) return i;
    if (unit === 92) i++;
  }
  return -1;
}

const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", v: "\v", f: "\f" };

/** Undoes the escapes of Apache and nginx: \", \\, \n and the like, and \xhh for bytes, which are UTF-8. */
function unescapeField(field: string): string {
  if (!field.includes("\\")) return field;
  return field.replace(/(?:\\x[0-9A-Fa-f]{2})+|\\./gs, (written) => {
    if (written[1] === "x" && written.length > 2) return bytesToText(written);
    return escapes[written[1]] ?? written[1];
  });
}

/** The text of bytes that are written as \xhh, in UTF-8. */
function bytesToText(written: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    Uint8Array.from(written.slice(2).split("\\x"), (byte) => Number.parseInt(byte, 16)),
  );
}

/** "-" stands for a field without a value. */
function dashless(field: string): string {
  return field === "-" ? "" : field;
}

/** Method and target of "METHOD target HTTP/version"; the target may hold spaces that a client did not encode. */
function splitRequest(request: string): [method: string, target: string] | undefined {
  const first = request.indexOf(" ");
  if (first < 0 || !method.test(request.slice(0, first))) return undefined;
  const last = request.lastIndexOf(" ");
  // HTTP/0.9 has no version: "GET /page".
  const target = last > first && protocol.test(request.slice(last + 1)) ? request.slice(first + 1, last) : request.slice(first + 1);
  if (target === "" || hasControl(target)) return undefined;
  return [request.slice(0, first).toUpperCase(), target];
}

/** Whether a text holds control characters, which no request target has. */
function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 32 || unit === 127) return true;
  }
  return false;
}
