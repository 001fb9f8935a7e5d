import type { Operation } from "../engine/operations.js";
import { badName, excerpt, type LineParser, shown } from "./report.js";

/** Options of `ndjsonParser`. */
export interface NdjsonOptions {
  /** Vectors of another length are malformed; any length is good if left out. */
  dimensions?: number;
}

/** Checks the value of a field: undefined if it is good, else what was expected. */
type Check = (value: unknown, options: NdjsonOptions) => string | undefined;

/** Farther points in time are not dates. */
const farthest = 8.64e15;

const name: Check = (value) => {
  if (typeof value !== "string") return "a string";
  const bad = badName(value);
  return bad === undefined ? undefined : `a name, but it ${bad}`;
};
const number: Check = (value) => (typeof value === "number" && Number.isFinite(value) ? undefined : "a finite number");
const time: Check = (value) => (typeof value === "number" && Math.abs(value) <= farthest ? undefined : "milliseconds since the epoch");
const interval: Check = (value) =>
  typeof value === "number" && value > 0 && value <= farthest ? undefined : "a number of milliseconds > 0";
const flag: Check = (value) => (typeof value === "boolean" ? undefined : "true or false");
const anything: Check = () => undefined;
// Weights and vectors are kept as 32-bit floats, in which a number may vanish or overflow.
const weight: Check = (value) => {
  const kept = typeof value === "number" ? Math.fround(value) : 0;
  return kept > 0 && kept < Number.POSITIVE_INFINITY ? undefined : "a number > 0 within the range of a 32-bit float";
};
const vector: Check = (value, { dimensions }) => {
  if (!Array.isArray(value) || value.length === 0) return "an array of numbers";
  if (dimensions !== undefined && value.length !== dimensions) return `an array of ${dimensions} numbers`;
  const bad = value.findIndex((entry) => typeof entry !== "number" || !Number.isFinite(Math.fround(entry)));
  return bad < 0 ? undefined : `numbers within the range of a 32-bit float, but element ${bad} is ${shown(value[bad])}`;
};
const links: Check = (value, options) => {
  if (!Array.isArray(value)) return "an array of links";
  for (let i = 0; i < value.length; i++) {
    const bad = checkFields(value[i], linkFields, ["to"], options);
    if (bad !== undefined) return `good links, but of link ${i} ${bad}`;
  }
  return undefined;
};

type Fields = Record<string, Check>;
const linkFields: Fields = { to: name, type: name, weight };

/** The fields of every operation, and which of them must be there. */
const shapes = new Map<string, { fields: Fields; needed: string[] }>([
  ["remember", { fields: { op: name, key: name, vector, value: anything, links, at: time }, needed: ["key"] }],
  ["observe", { fields: { op: name, stream: name, key: name, at: time, value: number }, needed: ["stream", "key"] }],
  ["link", { fields: { op: name, from: name, to: name, type: name, weight, reinforce: flag, at: time }, needed: ["from", "to"] }],
  ["record", { fields: { op: name, series: name, value: number, at: time, interval }, needed: ["series", "value"] }],
  ["forget", { fields: { op: name, key: name }, needed: ["key"] }],
]);

/** Why an object does not have the fields of its shape; undefined if it does. */
function checkFields(object: unknown, fields: Fields, needed: readonly string[], options: NdjsonOptions): string | undefined {
  if (typeof object !== "object" || object === null || Array.isArray(object)) return "an object is expected";
  for (const field of needed) if (!Object.hasOwn(object, field)) return `field ${field} is missing`;
  for (const [field, value] of Object.entries(object)) {
    // A misspelt field would be lost without a word.
    if (!Object.hasOwn(fields, field)) return `field ${excerpt(field)} is not known`;
    const expected = fields[field](value, options);
    if (expected !== undefined) return `field ${field}: expected ${expected}, got ${shown(value)}`;
  }
  return undefined;
}

/**
 * Reads operations, one JSON object a line: `{"op":"observe","stream":"u1","key":"a","at":1700000000000}`. Every field is
 * checked; a line with an unknown operation or field, a missing field or a wrong value is malformed, and the reason names the field. O(length).
 */
export function ndjsonParser(options: NdjsonOptions = {}): LineParser {
  return {
    line(line, into) {
      let parsed: unknown;
      try {
        parsed = JSON.parse(line);
      } catch (error) {
        return `not JSON: ${(error as Error).message}`;
      }
      const op = (parsed as { op?: unknown } | null)?.op;
      const shape = typeof op === "string" ? shapes.get(op) : undefined;
      if (shape === undefined) {
        return op === undefined ? `no operation, an object with a field op: ${excerpt(line)}` : `field op: no such operation: ${shown(op)}`;
      }
      const bad = checkFields(parsed, shape.fields, shape.needed, options);
      if (bad === undefined) into.push(parsed as Operation);
      return bad;
    },
    end: () => undefined,
  };
}
