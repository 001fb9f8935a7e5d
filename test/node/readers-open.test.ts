import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openInput, readAccessLog, readNdjson } from "../../src/node/readers/index.js";
import { brief, failure, logLine, take } from "./readers-helper.js";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const log = readFileSync(fixture("access.log"));
const ndjson = readFileSync(fixture("operations.ndjson"));
const bytes = (...chunks: Array<Buffer | string>) => Readable.from(chunks, { objectMode: false });

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "open-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const file = (name: string, content: Buffer | string): string => {
  writeFileSync(join(root, name), content);
  return join(root, name);
};

describe("openInput", () => {
  it("finds out what a file is", async () => {
    const access = await openInput(fixture("access.log"));
    expect(await take(access)).toEqual(await take(readAccessLog(bytes(log))));
    expect(access.report.format).toBe("access-log");
    expect(access.report.malformed[0].source).toBe(fixture("access.log"));
    const operations = await openInput(fixture("operations.ndjson"), { source: "named" });
    expect(await take(operations)).toEqual(await take(readNdjson(bytes(ndjson))));
    expect(operations.report.format).toBe("ndjson");
  });

  it("takes CSV for what its header says, and text without a header for a log", async () => {
    const table = "user,page\nann,/a\nann,/b\n";
    for (const stdin of [bytes(table), bytes(gzipSync(table)), bytes("\ufeffuser", ",page\nann,/a\nann,/b\n")]) {
      const reader = await openInput("-", { stdin, dimensions: 4 });
      expect(brief(await take(reader))).toEqual(["observe ann: /a", "remember /a +vector", "observe ann: /b", "remember /b +vector"]);
      expect(reader.report).toMatchObject({ format: "csv", lines: 3, malformedCount: 0 });
    }
    const forced = await openInput(file("odd.csv", "who,what\nann,/a\n"), { format: "csv" });
    expect(await take(forced)).toEqual([]);
    expect(forced.report).toMatchObject({ format: "csv", malformedCount: 2 });
    expect((await openInput(file("odd.txt", "who,what\nann,/a\n"))).report.format).toBe("access-log");
  });

  it("looks past blank lines and a byte order mark", async () => {
    for (const start of ["\n\r\n  \t\n", "\ufeff", "\ufeff\n\n"]) {
      const reader = await openInput(file("blank.ndjson", `${start}{"op":"forget","key":"a"}\n`));
      expect(await take(reader)).toEqual([{ op: "forget", key: "a" }]);
      expect(reader.report.malformedCount).toBe(0);
    }
    const access = await openInput(file("blank.log", `\n\n${logLine()}`));
    expect(await take(access)).toHaveLength(3);
    expect(access.report.lines).toBe(3);
  });

  it("unzips by content, not by name: members in a row, on standard input too", async () => {
    const zipped = Buffer.concat([gzipSync(log.subarray(0, 700)), gzipSync(log.subarray(700))]);
    const expected = await take(readAccessLog(bytes(log)));
    expect(await take(await openInput(file("access.log.gz", zipped)))).toEqual(expected);
    expect(await take(await openInput(file("no-ending", zipped)))).toEqual(expected);
    expect(await take(await openInput(file("plain.gz", log)))).toEqual(expected);
    // The first byte alone does not tell.
    const stdin = bytes(zipped.subarray(0, 1), zipped.subarray(1, 2), zipped.subarray(2));
    expect(await take(await openInput("-", { stdin }))).toEqual(expected);
    const zippedJson = await openInput("-", { stdin: bytes(gzipSync(ndjson)) });
    expect(zippedJson.report.format).toBe("ndjson");
    expect(await take(zippedJson)).toHaveLength(5);
  });

  it("standard input, as bytes or text, empty too", async () => {
    const reader = await openInput("-", { stdin: bytes("garbage\n") });
    expect(await take(reader)).toEqual([]);
    expect(reader.report.malformed[0]).toMatchObject({ source: "standard input", line: 1 });
    expect(await take(await openInput("-", { stdin: bytes(ndjson).setEncoding("utf8") }))).toHaveLength(5);
    for (const stdin of [bytes(), bytes("\n\n"), bytes("\x1f")]) expect(await take(await openInput("-", { stdin }))).toEqual([]);
  });

  it("a format that is given is used, one that does not fit is refused", async () => {
    const forced = await openInput(fixture("access.log"), { format: "ndjson" });
    expect(await take(forced)).toEqual([]);
    expect(forced.report).toMatchObject({ format: "ndjson", malformedCount: 11 });
    expect((await openInput(fixture("operations.ndjson"), { format: "access-log" })).report.format).toBe("access-log");
    for (const [spec, format] of [
      [root, "ndjson"],
      [fixture("access.log"), "git"],
      ["-", "git"],
      ["-", "xml"],
    ] as const) {
      const promise = openInput(spec, { format: format as "git", stdin: bytes() });
      expect(await failure(promise)).toMatchObject({ code: "ERR_ARGUMENT", message: expect.stringMatching(/^format: /) });
    }
  });

  it("options reach the reader: dimensions of log and NDJSON, none by default for NDJSON", async () => {
    const [, remember] = await take(await openInput(file("one.log", logLine()), { dimensions: 16 }));
    expect(remember).toMatchObject({ vector: expect.objectContaining({ length: 16 }) });
    const path = file("vectors.ndjson", '{"op":"remember","key":"a","vector":[1,2]}\n');
    expect(await take(await openInput(path))).toHaveLength(1);
    const strict = await openInput(path, { dimensions: 3 });
    expect(await take(strict)).toEqual([]);
    expect(strict.report.malformedCount).toBe(1);
  });

  it("a folder goes to the reader of git", async () => {
    const folder = join(root, "folder");
    mkdirSync(folder);
    writeFileSync(join(folder, "a.txt"), "a");
    for (const format of [undefined, "git"] as const) {
      const reader = await openInput(folder, { format });
      expect(reader.report.format).toBe("git");
      expect(await take(reader)).toHaveLength(2);
    }
  });

  it("what is not there, cannot be opened or is broken is ERR_INPUT", async () => {
    expect(await failure(openInput(join(root, "missing.log")))).toMatchObject({
      code: "ERR_INPUT",
      message: expect.stringContaining("ENOENT"),
    });
    const broken = gzipSync(Buffer.from(`${logLine()}\n`.repeat(5000)));
    broken.fill(0, 20, 60);
    expect(await failure(openInput(file("broken.gz", broken)).then(take))).toMatchObject({ code: "ERR_INPUT" });
    const cut = gzipSync(Buffer.from(Array.from({ length: 5000 }, (_, i) => logLine({ request: `GET /${i}` })).join("\n")));
    const error = await failure(openInput(file("cut.gz", cut.subarray(0, cut.length / 2)), { source: "cut" }).then(take));
    expect(error).toMatchObject({ code: "ERR_INPUT", message: expect.stringMatching(/^cannot read cut: .*end of file/) });
    const failing = new Readable({
      read() {
        this.destroy(new Error("unplugged"));
      },
    });
    expect(await failure(openInput("-", { stdin: failing }))).toMatchObject({
      code: "ERR_INPUT",
      message: "cannot read standard input: unplugged",
    });
    let given = false;
    const late = new Readable({
      read() {
        if (given) this.destroy(new Error("unplugged"));
        else this.push(gzipSync(log).subarray(0, 100));
        given = true;
      },
    });
    expect(await failure(openInput("-", { stdin: late }).then(take))).toMatchObject({ code: "ERR_INPUT" });
  });

  it("knows how much of a file is read, and can be aborted before, while it waits and in between", async () => {
    const path = file("many.log", `${logLine()}\n`.repeat(30_000));
    const fractions: number[] = [];
    await take(await openInput(path, { onProgress: (_, fraction) => fractions.push(fraction ?? Number.NaN) }));
    expect(fractions.length).toBe(4);
    expect(fractions[0]).toBeGreaterThan(0);
    expect(fractions[0]).toBeLessThan(0.6);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions[3]).toBe(1);
    const unknown: unknown[] = [];
    await take(await openInput("-", { stdin: bytes(readFileSync(path)), onProgress: (_, fraction) => unknown.push(fraction) }));
    expect(unknown).toEqual([undefined, undefined, undefined, 1]);

    expect((await failure(openInput(path, { signal: AbortSignal.abort(new Error("never")) }))).message).toBe("never");
    const controller = new AbortController();
    const stdin = new PassThrough();
    const opening = openInput("-", { stdin, signal: controller.signal });
    setTimeout(() => controller.abort(new Error("too long")), 10);
    expect((await failure(opening)).message).toBe("too long");
    expect(stdin.destroyed).toBe(true);

    const second = new AbortController();
    const trickle = new PassThrough();
    trickle.write(`${logLine()}\n`);
    const reading = openInput("-", { stdin: trickle, signal: second.signal }).then(take);
    setTimeout(() => second.abort(new Error("enough")), 10);
    expect((await failure(reading)).message).toBe("enough");
  });

  it("leaving early closes the file", async () => {
    const stdin = bytes(log, log);
    for await (const _ of (await openInput("-", { stdin })).operations()) break;
    expect(stdin.destroyed).toBe(true);
    const zipped = bytes(gzipSync(log));
    for await (const _ of (await openInput("-", { stdin: zipped })).operations()) break;
    expect(zipped.destroyed).toBe(true);
  });
});
