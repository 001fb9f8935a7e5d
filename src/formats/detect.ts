import { csvColumns, splitRecord } from "./csv-columns.js";
import { parseLogLine } from "./log-line.js";
import { checkText, type LineFormat } from "./report.js";

/** Lines that are looked at. */
const LOOKED_AT = 10;

/**
 * What a text is, by the first lines that are not empty: NDJSON if the first begins with "{"; an access log if one of the first ten is a line
 * of one; CSV if the first is a header that names a column of keys. Undefined if none of these fits. O(of these lines).
 *
 * @param text the beginning of the text, or all of it
 * @throws MfnError ERR_ARGUMENT for what is no string
 * @example detectFormat("time,user,page\n2024-01-01,ann,/tea\n") // "csv"
 */
export function detectFormat(text: string): LineFormat | undefined {
  checkText(text);
  const lines: string[] = [];
  for (let from = text.charCodeAt(0) === 0xfeff ? 1 : 0; from < text.length && lines.length < LOOKED_AT; ) {
    const end = text.indexOf("\n", from);
    const line = text.slice(from, end < 0 ? text.length : end).trim();
    if (line !== "") lines.push(line);
    from = end < 0 ? text.length : end + 1;
  }
  if (lines.length === 0) return undefined;
  if (lines[0].startsWith("{")) return "ndjson";
  if (lines.some((line) => typeof parseLogLine(line) !== "string")) return "access-log";
  const { fields } = splitRecord(lines[0]);
  return typeof csvColumns(fields) === "string" ? undefined : "csv";
}
