// Records of CSV as RFC 4180 defines them, and what their columns are by the names in the header.

/** The fields of a record; `open` if it ends inside a quoted field, which then goes on with the next line. */
export interface CsvRecord {
  fields: string[];
  open: boolean;
  /** Where text stands behind a closing quote. */
  bad: boolean;
}

/** Separators that are looked for in the header. */
const SEPARATORS = [",", ";", "\t", "|"];

/**
 * Splits a record. A field that begins with a quote ends with the next single one, and two stand for one; quotes elsewhere are text. White
 * space is part of a field. O(length).
 *
 * @param separator one character; found out by its number in the record if left out
 */
export function splitRecord(record: string, separator: string = separatorOf(record)): CsvRecord {
  const fields: string[] = [];
  for (let from = 0; ; ) {
    if (record[from] !== '"') {
      const end = record.indexOf(separator, from);
      fields.push(end < 0 ? record.slice(from) : record.slice(from, end));
      if (end < 0) return { fields, open: false, bad: false };
      from = end + 1;
      continue;
    }
    let to = from;
    do to = record.indexOf('"', to + 1);
    while (to >= 0 && record[to + 1] === '"' && ++to);
    if (to < 0) return { fields, open: true, bad: false };
    fields.push(record.slice(from + 1, to).replaceAll('""', '"'));
    if (to + 1 === record.length) return { fields, open: false, bad: false };
    if (record[to + 1] !== separator) return { fields, open: false, bad: true };
    from = to + 2;
  }
}

/** The separator that a header has most of. */
export function separatorOf(header: string): string {
  const plain = header.replace(/"[^"]*"/g, "");
  const counts = SEPARATORS.map((separator) => plain.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))];
}

/** Which columns of a record say what; -1 for none. */
export interface CsvColumns {
  stream: number;
  key: number;
  time: number;
  value: number;
}

/** Names of columns by what they hold, the best first: compared without case, spaces, "_", "-" and ".". */
const NAMES: Readonly<Record<keyof CsvColumns, readonly string[]>> = {
  stream: [
    ...["stream", "session", "sessionid", "user", "userid", "username", "visitor", "visitorid", "customer", "customerid"],
    ...["client", "clientid", "ip", "ipaddress", "device", "deviceid", "account", "host"],
  ],
  key: [
    ...["key", "item", "itemid", "page", "path", "url", "uri", "event", "eventname", "product", "productid", "action", "activity"],
    ...["song", "track", "article", "title", "category", "symbol", "type", "name", "id"],
  ],
  time: ["time", "timestamp", "at", "date", "datetime", "ts", "eventtime", "createdat", "when", "day"],
  value: ["value", "amount", "quantity", "qty", "count", "price", "total", "number", "size", "bytes"],
};

/**
 * What the columns of a header are, by their names: for each meaning the column whose name is the first in the list of such names
 * (docs/formats.md). Gives the reason as a string if there is no column of keys.
 */
export function csvColumns(header: readonly string[]): CsvColumns | string {
  const names = header.map((name) => name.toLowerCase().replace(/[\s_.-]/g, ""));
  const columns: CsvColumns = { stream: -1, key: -1, time: -1, value: -1 };
  for (const meaning of Object.keys(NAMES) as Array<keyof CsvColumns>) {
    const found = NAMES[meaning].find((name) => names.includes(name));
    if (found !== undefined) columns[meaning] = names.indexOf(found);
  }
  if (columns.key >= 0) return columns;
  return `no column of keys in the header: one of ${NAMES.key.slice(0, 7).join(", ")}, …`;
}

/** Farther points in time are not dates. */
const farthest = 8.64e15;
/** Numbers below are seconds since the epoch (until the year 5138), numbers from here on milliseconds (from 1973). */
const MOST_SECONDS = 1e11;

/**
 * A time, in milliseconds since the epoch: a number of seconds or milliseconds since then, or a date as ISO 8601 writes it, in UTC if it names no zone;
 * "2024-01-31 10:00:00" counts as well. Undefined for anything else.
 */
export function csvTime(text: string): number | undefined {
  const plain = text.trim();
  if (/^\d+(?:\.\d+)?$/.test(plain)) {
    const number = Number(plain);
    const at = number < MOST_SECONDS ? number * 1000 : number;
    return at <= farthest ? Math.floor(at) : undefined;
  }
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?) ?(Z|UTC|[+-]\d{2}:?\d{2})?)?$/i.exec(plain);
  if (parts === null) return undefined;
  const [, day, time = "00:00", zone = "Z"] = parts;
  const fraction = time.replace(",", ".").replace(/(\.\d{3})\d+$/, "$1");
  const at = Date.parse(`${day}T${fraction}${/^(?:z|utc)$/i.test(zone) ? "Z" : zone.replace(/^(.\d{2}):?/, "$1:")}`);
  // Date.parse takes the 31st of a short month for a day of the next one.
  const exists = new Date(`${day}T00:00Z`).getUTCDate() === Number(day.slice(8));
  return Number.isNaN(at) || at < 0 || !exists ? undefined : at;
}
