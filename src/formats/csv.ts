import type { Operation } from "../engine/operations.js";
import { TokenHasher, tokenize } from "../text.js";
import { type CsvColumns, csvColumns, csvTime, separatorOf, splitRecord } from "./csv-columns.js";
import { badName, excerpt, type FormatReport, type LineParser, longestLine, plural, type VectorOptions } from "./report.js";

/** Options of `csvParser`. */
export interface CsvOptions extends VectorOptions {
  /** The stream of records without a column of streams; default "all". */
  stream?: string;
}

/**
 * Reads CSV (RFC 4180) with a header. A record becomes `observe`, and after the first of its key `remember` with the hashed words of the
 * key; a value goes along, so that it is recorded in the key's series. Columns are found by their names; see docs/formats.md. A
 * quoted field may have line ends in it: a record's number is that of its last line. Records without a key, with a time or value that is none or with
 * another number of fields than the header are malformed. O(length).
 *
 * @throws MfnError `ERR_ARGUMENT` for dimensions or a seed outside their range
 */
export function csvParser(_report: FormatReport<string>, options: CsvOptions = {}): LineParser {
  return new CsvParser(options);
}

class CsvParser implements LineParser {
  /** They count inside quotes. */
  readonly blankLines = true;
  readonly #hasher: TokenHasher | undefined;
  readonly #stream: string;
  readonly #known = new Set<string>();
  #separator = ",";
  #width = 0;
  #columns: CsvColumns | undefined;
  /** Why the header cannot be used: told once, every record is malformed then. */
  #useless: string | undefined;
  /** Lines of a record that goes on. */
  #open: string | undefined;

  constructor({ dimensions = 128, hashSeed = 0, stream = "all" }: CsvOptions) {
    this.#hasher = dimensions === 0 ? undefined : new TokenHasher({ dimensions, seed: hashSeed });
    this.#stream = stream;
  }

  line(line: string, into: Operation[]): string | undefined {
    if (this.#open === undefined && line.trim() === "") return undefined;
    const text = this.#open === undefined ? line : `${this.#open}\n${line}`;
    this.#open = undefined;
    if (this.#columns === undefined && this.#useless === undefined) return this.#header(text);
    const { fields, open, bad } = splitRecord(text, this.#separator);
    if (open) {
      if (text.length > longestLine) return `a quoted field is not closed within ${longestLine} characters`;
      this.#open = text;
      return undefined;
    }
    if (this.#columns === undefined) return this.#useless;
    if (bad) return `text behind a closing quote: ${excerpt(text)}`;
    if (fields.length !== this.#width) return `${plural(fields.length, "field")} where the header has ${this.#width}: ${excerpt(text)}`;
    return this.#record(fields, this.#columns, into);
  }

  end(): string | undefined {
    return this.#open === undefined ? undefined : "the last record's quoted field is not closed";
  }

  #header(text: string): string | undefined {
    this.#separator = separatorOf(text);
    const { fields } = splitRecord(text, this.#separator);
    this.#width = fields.length;
    const columns = csvColumns(fields);
    if (typeof columns !== "string") this.#columns = columns;
    else this.#useless = columns;
    return this.#useless;
  }

  #record(fields: readonly string[], columns: CsvColumns, into: Operation[]): string | undefined {
    const key = fields[columns.key].trim();
    const stream = columns.stream < 0 ? this.#stream : fields[columns.stream].trim();
    const bad = badName(key) ?? badName(stream);
    if (bad !== undefined) return `the key or stream ${bad}`;
    const at = columns.time < 0 ? undefined : csvTime(fields[columns.time]);
    if (columns.time >= 0 && at === undefined) return `no such time: ${excerpt(fields[columns.time])}`;
    const written = columns.value < 0 ? "" : fields[columns.value].trim();
    const value = written === "" ? undefined : Number(written);
    if (value !== undefined && !Number.isFinite(value)) return `no such value: ${excerpt(written)}`;
    const time = at === undefined ? {} : { at };
    into.push({ op: "observe", stream, key, ...time, ...(value === undefined ? {} : { value }) });
    if (!this.#known.has(key)) {
      this.#known.add(key);
      const tokens = this.#hasher === undefined ? [] : tokenize(key);
      const vector = tokens.length === 0 ? {} : { vector: this.#hasher?.vector(tokens) };
      into.push({ op: "remember", key, ...vector, ...time });
    }
    return undefined;
  }
}
