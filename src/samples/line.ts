import type { Milliseconds } from "../types.js";
import type { LogEvent } from "./types.js";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * An event as a line of Combined Log Format, without the line feed; the time is UTC, in whole seconds. Source: Apache HTTP Server
 * documentation, "Log Files".
 *
 * @param site what stands in front of referrers of the site's own; default "https://shop.example"
 */
export function logLine(event: LogEvent, site = "https://shop.example"): string {
  const { at, client, method, target, status, bytes, referrer, agent } = event;
  const from = referrer.startsWith("/") ? site + referrer : referrer || "-";
  return `${client} - - [${timeOf(at)}] "${method} ${target} HTTP/1.1" ${status} ${bytes} "${quoted(from)}" "${quoted(agent)}"`;
}

function timeOf(at: Milliseconds): string {
  const date = new Date(at);
  const [day, hour, minute, second] = [date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(twoDigits);
  return `${day}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${hour}:${minute}:${second} +0000`;
}

function twoDigits(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}

function quoted(text: string): string {
  return text.replace(/["\\]/g, "\\$&");
}
