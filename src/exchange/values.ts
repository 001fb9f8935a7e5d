import { MfnError } from "../errors.js";
import type { Column, ColumnType } from "./types.js";

/** One value of a column. */
export type Value = Column["values"][number];

const INTEGER = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** NaN and the infinities, as XML Schema, Python and JavaScript spell them. */
const SPECIAL = new Map([
  ["nan", Number.NaN],
  ["inf", Infinity],
  ["+inf", Infinity],
  ["-inf", -Infinity],
  ["infinity", Infinity],
  ["-infinity", -Infinity],
]);
const BOOLEANS = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

/** What the formats call their types; what is not here (dates, lists, addresses) is kept as text. */
const NAMES = new Map<string, ColumnType>([
  ["boolean", "boolean"],
  ["byte", "long"],
  ["short", "long"],
  ["int", "long"],
  ["integer", "long"],
  ["long", "long"],
  ["biginteger", "long"],
  ["float", "double"],
  ["double", "double"],
]);

/** The type of column for a type that a file names. */
export function columnType(name: string | undefined): ColumnType {
  return NAMES.get(name?.toLowerCase() ?? "") ?? "string";
}

/** The type that holds the values of both. */
export function commonType(a: ColumnType, b: ColumnType): ColumnType {
  if (a === b) return a;
  const numbers = (a === "long" || a === "double") && (b === "long" || b === "double");
  return numbers ? "double" : "string";
}

/** A decimal number from its text; undefined if it is none. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (DECIMAL.test(trimmed)) return Number(trimmed);
  return SPECIAL.get(trimmed.toLowerCase());
}

/** A value of a type from its text; undefined if the text is none. */
export function parseValue(type: ColumnType, text: string): Value {
  if (type === "string" || type === "json") return text;
  if (type === "double") return parseNumber(text);
  if (type === "boolean") return BOOLEANS.get(text.trim().toLowerCase());
  const trimmed = text.trim();
  if (!INTEGER.test(trimmed)) return undefined;
  const number = Number(trimmed);
  if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
  return BigInt(trimmed.replace(/^\+/, ""));
}

/** Whether a value may be in a column of a type. */
export function isValue(type: ColumnType, value: Value): boolean {
  switch (type) {
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "double":
      return typeof value === "number";
    case "long":
      return Number.isSafeInteger(value) || (typeof value === "bigint" && BigInt.asIntN(64, value) === value);
    case "json":
      return true;
  }
}

/** The shortest text that becomes the same double again; NaN and the infinities as XML Schema has them. */
export function printDouble(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value);
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "INF" : "-INF";
}

/**
 * The shortest decimal that becomes the same f32 again, for values that an f32 holds exactly. A decimal of up to six digits survives
 * being an f32, so the one of six digits is the shortest padded with zeros, if it is exact at all; none needs more than nine.
 */
export function printFloat(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 0x100_0000) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/** The text of a value in an XML format. */
export function printValue(type: ColumnType, value: Value): string {
  if (type === "double") return printDouble(value as number);
  if (type === "json") return printJson(value);
  return Object.is(value, -0) ? "0" : String(value);
}

function printJson(value: Value): string {
  try {
    return JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part));
  } catch (cause) {
    throw new MfnError("ERR_ARGUMENT", `a value of type json has no text: ${(cause as Error).message}`, { cause });
  }
}
