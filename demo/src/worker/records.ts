// NDJSON of others: records as logs and exports have them, an object a line, without MFN's operations. They are read as CSV is, by the names of
// their fields.

/** Records between two yields. */
const SLICE = 512;

/**
 * The records as CSV with a header; undefined if the first line is no object, or an operation of MFN's. A field is what the first record has of
 * texts, numbers and truth values; a line that is no object becomes one with too many fields, so that it counts as malformed. O(length).
 */
export function* recordsOf(text: string): Generator<undefined, string | undefined> {
  if (!/^\s*\{/.test(text)) return undefined;
  const lines = text.split("\n");
  const first = objectOf((lines.find((line) => line.trim() !== "") as string).trim());
  if (first === undefined || Object.hasOwn(first, "op")) return undefined;
  const names = Object.keys(first).filter((name) => isPlain(first[name]));
  const csv = [names.map(quoted).join(",")];
  for (let i = 0; i < lines.length; i++) {
    // A line each, so that their numbers stay; empty ones are passed over.
    const record = lines[i].trim() === "" ? "" : objectOf(lines[i].trim());
    if (record === "") csv.push("");
    else if (record === undefined) csv.push(`${quoted(lines[i].slice(0, 80))}${",".repeat(names.length)}`);
    else csv.push(names.map((name) => quoted(isPlain(record[name]) ? String(record[name]) : "")).join(","));
    if (i % SLICE === SLICE - 1) yield undefined;
  }
  return csv.join("\n");
}

const isPlain = (value: unknown): boolean => ["string", "number", "boolean"].includes(typeof value);

/** A field as RFC 4180 has it. Line ends in it would shift the numbers of lines. */
const quoted = (value: string): string => `"${value.replace(/[\r\n]+/g, " ").replaceAll('"', '""')}"`;

function objectOf(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
