import pc from "picocolors";

/** Where a command's output goes: JSON lines for programs, or text for people, in colours if they look at a terminal. */
export class Output {
  constructor(
    /** Whether results are printed as JSON lines, one object a line, and nothing else goes to standard output. */
    readonly json: boolean,
    private readonly stdout: NodeJS.WritableStream & { isTTY?: boolean } = process.stdout,
    private readonly stderr: NodeJS.WritableStream & { isTTY?: boolean } = process.stderr,
  ) {
    this.colours = pc.createColors(!json && stdout.isTTY === true && pc.isColorSupported);
  }

  readonly colours: ReturnType<typeof pc.createColors>;

  /** A result. `text` is what people see, `value` what programs do. */
  result(value: object, text: () => string): void {
    this.stdout.write(this.json ? `${JSON.stringify(value, plain).replace(/\p{Cc}/gu, escaped)}\n` : `${this.#harmless(text())}\n`);
  }

  /** A line only for people. */
  say(text = ""): void {
    if (!this.json) this.stdout.write(`${this.#harmless(text)}\n`);
  }

  /** A heading only for people. */
  heading(text: string): void {
    this.say(`\n${this.colours.bold(text)}`);
  }

  /** A warning, on standard error in any case. */
  warn(text: string): void {
    this.clear();
    this.stderr.write(`${this.#harmless(text)}\n`);
  }

  /** Keys and names come from outside: control characters in them must not reach a terminal, where they could move and hide text. */
  #harmless(text: string): string {
    const control = this.colours.isColorSupported ? CONTROL_BUT_COLOURS : CONTROL;
    return text.replace(control, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
  }

  /** Shows how far long work is: one line on standard error that is drawn over, and only on a terminal. */
  progress(label: string, fraction?: number): void {
    if (!this.stderr.isTTY) return;
    const width = 24;
    const bar =
      fraction === undefined ? "" : ` [${"=".repeat(Math.round(fraction * width)).padEnd(width)}] ${Math.floor(fraction * 100)} %`;
    this.stderr.write(`\r\x1b[2K${this.#harmless(label)}${bar}`);
  }

  /** Takes the progress line away. */
  clear(): void {
    if (this.stderr.isTTY) this.stderr.write("\r\x1b[2K");
  }

  /** Rows of text under each other in columns; numbers to the right. */
  table(head: readonly string[], rows: ReadonlyArray<ReadonlyArray<string | number>>): string {
    const cells = [head, ...rows.map((row) => row.map(String))];
    const widths = head.map((_, c) => Math.max(...cells.map((row) => row[c].length)));
    const right = head.map((_, c) => rows.every((row) => typeof row[c] === "number" || /^[\d.,%-]+$/.test(String(row[c]))));
    const line = (row: readonly string[]) =>
      row.map((cell, c) => (right[c] ? cell.padStart(widths[c]) : cell.padEnd(widths[c]))).join("  ");
    return cells.map((row, i) => (i === 0 ? this.colours.dim(line(row)) : line(row)).trimEnd()).join("\n");
  }
}

/** Control characters but line feed and tab, and the same but colours. */
const CONTROL = /[^\P{Cc}\n\t]/gu;
const CONTROL_BUT_COLOURS = /(?!\p{Cc}\[\d+m)[^\P{Cc}\n\t]/gu;

/** Typed arrays as arrays: JSON.stringify would make objects of them. */
function plain(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
}

/** JSON escapes the control characters below U+0020 by itself, not those from U+007F on. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A time for people: 1.2 ms, 340 us, 2.5 s. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1) return `${Math.round(milliseconds * 1000)} us`;
  return milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A number of bytes for people. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${kib.toFixed(0)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}
