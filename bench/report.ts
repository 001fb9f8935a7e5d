import type { Row } from "./harness.js";

const widths = { case: 58, value: 12, unit: 8, peer: 30, ratio: 9 };

/** The line above a suite's rows. */
export function heading(suite: string): string {
  const { case: wide, value, unit, peer, ratio } = widths;
  return `\n${suite.padEnd(wide)}${"ours".padStart(value)} ${"unit".padEnd(unit)}${"peer".padStart(value)} ${"".padEnd(peer)}${"ratio".padStart(ratio)}`;
}

/** One row of the table. A ratio above 1 means that ours wins. */
export function line(row: Row): string {
  const { case: wide, value, unit, peer, ratio } = widths;
  if (row.failed !== undefined) return `${row.case.padEnd(wide)}${"FAILED".padStart(value)} ${row.failed}`;
  const left = `${row.case.padEnd(wide)}${figure(row.ours).padStart(value)} ${row.unit.padEnd(unit)}`;
  if (row.peer === null) return left.trimEnd();
  const won = row.ratio === null ? "-" : `${figure(row.ratio)}x`;
  return `${left}${figure(row.peerValue).padStart(value)} ${row.peer.padEnd(peer)}${won.padStart(ratio)}`;
}

/** A number with four significant digits, and no more decimals than that needs. */
export function figure(value: number | null): string {
  if (value === null) return "-";
  const size = Math.abs(value);
  if (size >= 1000) return String(Math.round(value));
  return value.toPrecision(4).includes("e") ? value.toExponential(2) : value.toPrecision(4);
}

/** A row as a line of JSON: the eight fields of every row first, then the spread, or why it failed. Six digits are more than is known. */
export function json(row: Row): string {
  const { suite, case: name, ours, unit, peer, peerValue, ratio, n, spread, failed } = row;
  const short = (_: string, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(6)) : value);
  return JSON.stringify({ suite, case: name, ours, unit, peer, peerValue, ratio, n, spread, failed }, short);
}

/** What the rows come to. */
export function totals(rows: readonly Row[]): string {
  const compared = rows.filter((row) => row.ratio !== null);
  const won = compared.filter((row) => (row.ratio as number) > 1).length;
  const lost = compared.filter((row) => (row.ratio as number) < 1).length;
  const failed = rows.filter((row) => row.failed !== undefined).length;
  return `\n${rows.length} rows, ${compared.length} compared: ${won} won, ${lost} lost, ${compared.length - won - lost} even; ${failed} failed`;
}
