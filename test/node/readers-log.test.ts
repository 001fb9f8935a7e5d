import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLogLine } from "../../src/formats/log-line.js";
import { StepCounter } from "../../src/formats/steps.js";
import { readAccessLog } from "../../src/node/readers/index.js";
import { brief, failure, logLine, reasons, take } from "./readers-helper.js";

const fixture = readFileSync(new URL("../fixtures/access.log", import.meta.url));

describe("a line of an access log", () => {
  it("Common Log Format", () => {
    expect(parseLogLine('127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326')).toEqual({
      client: "127.0.0.1",
      at: Date.parse("2000-10-10T13:55:36-07:00"),
      method: "GET",
      target: "/apache_pb.gif",
      status: 200,
      referrer: "",
      agent: "",
    });
  });

  it("Combined Log Format, with more fields behind", () => {
    const line = `${logLine({ referrer: "https://a.b/c", agent: "curl/8" })} 0.123 "10.0.0.9"`;
    expect(parseLogLine(line)).toMatchObject({ client: "10.0.0.1", target: "/a", referrer: "https://a.b/c", agent: "curl/8" });
  });

  it("a referrer without a user agent, a size without a number", () => {
    expect(parseLogLine('a - - [01/Jan/2024:00:00:00 +0000] "GET / HTTP/1.1" 304 - "http://x/"')).toMatchObject({
      status: 304,
      referrer: "http://x/",
      agent: "",
    });
  });

  it.each([
    ["IPv6", "2001:db8::8a2e:370:7334 - - ", "2001:db8::8a2e:370:7334"],
    ["a host name", "dialup-7.example.net - - ", "dialup-7.example.net"],
    ["a user with spaces", "10.0.0.1 - Jane Doe ", "10.0.0.1"],
    ["a user with brackets", "10.0.0.1 - [x] ", "10.0.0.1"],
    ["a virtual host in front", "www.example.org:443 10.0.0.2 - - ", "10.0.0.2"],
    ["a virtual host before IPv6", "www.example.org:80 ::1 - - ", "::1"],
  ])("%s", (_, head, client) => {
    expect(parseLogLine(`${head}[01/Jan/2024:00:00:00 +0000] "GET / HTTP/1.1" 200 1`)).toMatchObject({ client });
  });

  it.each([
    ['\\"quoted\\"', '"quoted"'],
    ["back\\\\slash", "back\\slash"],
    ["tab\\tand \\x22hex\\x22", 'tab\tand "hex"'],
    ["caf\\xc3\\xa9 \\xff", "café \ufffd"],
    ["\\q \\xzz \\\\x41", "q xzz \\x41"],
  ])("undoes the escapes of %s", (written, agent) => {
    expect(parseLogLine(logLine({ agent: written }))).toMatchObject({ agent });
  });

  it.each([
    ["GET /a b c HTTP/1.1", "GET", "/a b c"],
    ["get /lower HTTP/1.1", "GET", "/lower"],
    ["GET /old", "GET", "/old"],
    ["PRI * HTTP/2.0", "PRI", "*"],
    ["CONNECT a.b:443 HTTP/1.1", "CONNECT", "a.b:443"],
    ["VERSION-CONTROL /x HTTP/1.1", "VERSION-CONTROL", "/x"],
    ["GET /x HTTP/3", "GET", "/x"],
  ])("request %s", (request, method, target) => {
    expect(parseLogLine(logLine({ request }))).toMatchObject({ method, target });
  });

  it.each([
    ["10/Oct/2023:00:00:00 +0200", "2023-10-09T22:00:00Z"],
    ["10/Oct/2023:23:30:00 -0530", "2023-10-11T05:00:00Z"],
    ["29/Feb/2024:12:00:00 +0000", "2024-02-29T12:00:00Z"],
    ["31/Dec/2016:23:59:60 +0000", "2017-01-01T00:00:00Z"],
  ])("time %s", (at, expected) => {
    expect(parseLogLine(logLine({ at }))).toMatchObject({ at: Date.parse(expected) });
  });

  it.each([
    ["", /no time/],
    ["plain text", /no time/],
    [' - - [10/Oct/2023:13:55:36 +0000] "GET / HTTP/1.1" 200 1', /no client/],
    ['10.0.0.1 - [10/Oct/2023:13:55:36 +0000] "GET / HTTP/1.1" 200 1', /no client/],
    [logLine({ at: "31/Feb/2023:13:55:36 +0000" }), /no such time/],
    [logLine({ at: "00/Oct/2023:13:55:36 +0000" }), /no such time/],
    [logLine({ at: "10/Foo/2023:13:55:36 +0000" }), /no such time/],
    [logLine({ at: "10/Oct/2023:24:00:00 +0000" }), /no such time/],
    [logLine({ at: "10/Oct/2023:13:60:00 +0000" }), /no such time/],
    [logLine({ at: "10/Oct/2023:13:55:61 +0000" }), /no such time/],
    [logLine({ at: "10/Oct/2023:13:55:00 +0099" }), /no such time/],
    [logLine({ at: "10/Oct/2023:13:55:00 +2500" }), /no such time/],
    [logLine({ at: "10/Oct/0023:13:55:00 +0000" }), /no such time/],
    [logLine({ at: "10/Oct/2023 13:55:00 +0000" }), /no time/],
    [logLine({ request: "-" }), /no request was sent/],
    [logLine({ request: "" }), /no request was sent/],
    [logLine({ request: "\\x16\\x03\\x01" }), /not a request/],
    [logLine({ request: "GET" }), /not a request/],
    [logLine({ request: "GET  HTTP/1.1" }), /not a request/],
    [logLine({ request: "GET /\\x00 HTTP/1.1" }), /not a request/],
    [logLine({ request: "GET /\\x7f HTTP/1.1" }), /not a request/],
    [logLine({ request: "\\xfe\\xff / HTTP/1.1" }), /not a request/],
    ['a - - [10/Oct/2023:13:55:36 +0000] "GET / HTTP/1.1', /request's quote/],
    ['a - - [10/Oct/2023:13:55:36 +0000] "GET / HTTP/1.1\\"', /request's quote/],
    ['a - - [10/Oct/2023:13:55:36 +0000] "GET / HTTP/1.1" 2000 1', /no status/],
    ['a - - [10/Oct/2023:13:55:36 +0000] "GET / HTTP/1.1" 200', /no status/],
    ['a - - [10/Oct/2023:13:55:36 +0000] "GET / HTTP/1.1" 200 12x', /no status/],
    ['a - - [10/Oct/2023:13:55:36 +0000] "GET / HTTP/1.1" 200 12 "ref', /referrer's quote/],
    ['a - - [10/Oct/2023:13:55:36 +0000] "GET / HTTP/1.1" 200 12 "ref" "agent', /user agent's quote/],
  ])("malformed: %s", (line, why) => {
    expect(parseLogLine(line)).toMatch(why);
  });
});

describe("readAccessLog", () => {
  it("makes operations of requests, and a reason of every other line", async () => {
    const reader = readAccessLog(Readable.from([fixture], { objectMode: false }), { source: "access.log" });
    const operations = await take(reader);
    expect(brief(operations)).toEqual([
      "observe 192.0.2.10: GET /",
      "remember GET /",
      "observe 192.0.2.10: GET /articles/cats",
      "remember GET /articles/cats +vector",
      "record requests 2023-10-10T20:55:00.000Z 2",
      "observe 2001:db8::1: GET /articles/dogs",
      "remember GET /articles/dogs +vector",
      "link referrer GET /articles/cats -> GET /articles/dogs += 1.000",
      "record requests 2023-10-10T20:56:00.000Z 1",
      "record requests 2023-10-10T20:57:00.000Z 0",
      "record requests 2023-10-10T20:58:00.000Z 0",
      "observe 192.0.2.10: POST /login",
      "remember POST /login +vector",
      "link referrer GET /articles/cats -> POST /login += 1.000",
      "observe 192.0.2.14: GET /robots.txt",
      "remember GET /robots.txt +vector",
      "observe 192.0.2.10: GET /style.css",
      "remember GET /style.css +vector",
      "link referrer GET /articles/cats -> GET /style.css += 1.000",
      "observe 192.0.2.15: GET /%C3%A9tudes/caf%C3%A9",
      "remember GET /%C3%A9tudes/caf%C3%A9 +vector",
      "record requests 2023-10-10T20:59:00.000Z 4",
    ]);
    const { report } = reader;
    expect(report).toMatchObject({ format: "access-log", lines: 12, operations: operations.length, malformedCount: 4, notes: [] });
    expect(report.malformed.map(({ source, line }) => `${source}:${line}`)).toEqual([4, 6, 8, 11].map((line) => `access.log:${line}`));
    expect(reasons(report)[0]).toMatch(/not a request/);
    expect(operations[0]).toEqual({ op: "observe", stream: "192.0.2.10", key: "GET /", at: Date.parse("2023-10-10T13:55:36-07:00") });
    expect(operations[4]).toMatchObject({ interval: 60_000 });
  });

  it("does not depend on how the bytes were cut, or on the kind of line end", async () => {
    const expected = await take(readAccessLog(Readable.from([fixture], { objectMode: false })));
    const crlf = Buffer.from(fixture.toString().replaceAll("\n", "\r\n").trimEnd());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 40 }), fc.boolean(), async (cuts, dos) => {
        const bytes = dos ? crlf : fixture;
        const chunks: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += cuts[(chunks.length - 1) % cuts.length]) {
          chunks.push(bytes.subarray(at, at + cuts[chunks.length % cuts.length]));
        }
        expect(await take(readAccessLog(Readable.from(chunks, { objectMode: false })))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
    const lines = fixture.toString().trimEnd().split("\n");
    expect(await take(readAccessLog(lines))).toEqual(expected);
    expect(await take(readAccessLog(Readable.from(lines)))).toEqual(expected);
    const text = Readable.from([fixture], { objectMode: false }).setEncoding("utf8");
    expect(await take(readAccessLog(text))).toEqual(expected);
  });

  it("options: agent, query, robots, assets, interval, dimensions, seed", async () => {
    const lines = fixture.toString().split("\n");
    const skipping = readAccessLog(lines, { skipRobots: true, skipAssets: true, interval: 3_600_000 });
    const keys = (await take(skipping)).flatMap((operation) => (operation.op === "observe" ? [operation.key] : []));
    expect(keys).not.toContain("GET /robots.txt");
    expect(keys).not.toContain("GET /style.css");
    expect(skipping.report.notes).toEqual(["1 request of robots left out", "1 request for static assets left out"]);

    const exact = await take(readAccessLog(lines, { agent: true, query: true, dimensions: 0 }));
    expect(exact.some((operation) => "vector" in operation)).toBe(false);
    expect(brief(exact)).toContain("remember GET /articles/cats?page=2");
    expect(brief(exact)).toContain("link referrer GET /articles/cats?page=2 -> POST /login += 1.000");
    const streams = exact.flatMap((operation) => (operation.op === "observe" ? [operation.stream] : []));
    expect(streams[0]).toMatch(/^192\.0\.2\.10 [0-9a-f]{8}$/);
    expect(streams[1]).toBe(streams[0]);
    expect(new Set(streams).size).toBe(4);

    const vectors = async (hashSeed: number) =>
      (await take(readAccessLog([logLine()], { dimensions: 16, hashSeed }))).flatMap((operation) =>
        operation.op === "remember" ? [operation.vector] : [],
      );
    expect((await vectors(1))[0]).toHaveLength(16);
    expect(await vectors(1)).not.toEqual(await vectors(2));
    expect(() => readAccessLog([], { interval: 0 })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(() => readAccessLog([], { dimensions: -1 })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
  });

  it("links only from pages of the same site", async () => {
    const link = async (lines: string[], sites?: string[]) =>
      brief(await take(readAccessLog(lines, { sites }))).filter((line) => line.startsWith("link"));
    const visit = (path: string, referrer: string) => logLine({ request: `GET ${path} HTTP/1.1`, referrer });
    // Nothing known yet; a search engine's "/"; then the own host is recognised by a page that was served, and keeps counting.
    const lines = [
      visit("/a", "https://shop.example/"),
      visit("/b", "https://search.example/?q=b"),
      visit("/c", "https://SHOP.example:8443/a"),
      visit("/d", "https://shop.example/never-served"),
      visit("/e", "https://search.example/find?q=e"),
      visit("/f", "https://shop.example/f"),
      visit("/g", "android-app://com.example/"),
      visit("/h", "https://user@shop.example"),
    ];
    expect(await link(lines)).toEqual([
      "link referrer GET /a -> GET /c += 1.000",
      "link referrer GET /never-served -> GET /d += 1.000",
      "link referrer GET / -> GET /h += 1.000",
    ]);
    expect(await link(lines, ["Search.example"])).toEqual([
      "link referrer GET / -> GET /b += 1.000",
      "link referrer GET /find -> GET /e += 1.000",
    ]);
    expect(await link([visit("/a", `https://shop.example/${"x".repeat(70_000)}`)], ["shop.example"])).toEqual([]);
  });

  it("knows every form of a request target", async () => {
    const request = (target: string) => logLine({ request: `GET ${target} HTTP/1.1` });
    const operations = await take(
      readAccessLog(
        ["http://other.example/x?y", "http://other.example", "http://other.example?y", "*", "/a%zz", "/?q", "//x"].map(request),
      ),
    );
    const keys = operations.flatMap((operation) => (operation.op === "observe" ? [operation.key] : []));
    expect(keys).toEqual(["GET /x", "GET /", "GET /", "GET *", "GET /a%zz", "GET /", "GET //x"]);
  });

  it("names too long for an engine are malformed", async () => {
    const reader = readAccessLog([logLine({ request: `GET /${"é".repeat(40_000)} HTTP/1.1` }), logLine({ client: "c".repeat(70_000) })]);
    expect(await take(reader)).toEqual([]);
    expect(reasons(reader.report)).toEqual([1, 2].map((line) => `${line}: the request or its client is longer than 65535 bytes`));
  });

  it("requests out of time order: a little late counts, more is noted", async () => {
    const at = (minute: number) => logLine({ at: `10/Oct/2023:13:${String(minute).padStart(2, "0")}:00 +0000` });
    const reader = readAccessLog([at(30), at(29), at(20), at(31), at(0)]);
    expect(brief(await take(reader)).filter((line) => line.startsWith("record"))).toEqual([
      "record requests 2023-10-10T13:30:00.000Z 2",
      "record requests 2023-10-10T13:31:00.000Z 1",
    ]);
    expect(reader.report.notes).toEqual(['2 requests out of time order, not counted in the series "requests" (are the files in order?)']);
  });

  it("long gaps are cut short and noted", async () => {
    const reader = readAccessLog([logLine({ at: "01/Jan/2023:00:00:00 +0000" }), logLine({ at: "01/Jan/2024:00:00:00 +0000" })]);
    const records = (await take(reader)).filter(({ op }) => op === "record");
    expect(records).toHaveLength(2 + 4096);
    expect(reader.report.notes).toEqual([`${365 * 1440 - 1 - 4096} steps without requests not recorded, in gaps of more than 4096`]);
  });

  it("an over-long line is malformed and costs no memory, in chunks and as an item", async () => {
    const long = Buffer.alloc(1 << 18, 97);
    function* chunks() {
      yield Buffer.from(`${logLine()}\n`);
      for (let i = 0; i < 40; i++) yield long;
      yield Buffer.from(`\n${logLine()}\n`);
      for (let i = 0; i < 8; i++) yield long;
    }
    const reader = readAccessLog(Readable.from(chunks(), { objectMode: false }));
    expect(await take(reader)).toHaveLength(4);
    expect(reasons(reader.report)).toEqual(["2: longer than 1048576 bytes", "4: longer than 1048576 bytes"]);
    const whole = readAccessLog(["x".repeat(1 << 21), logLine()]);
    await take(whole);
    expect(reasons(whole.report)).toEqual(["1: longer than 1048576 bytes"]);
    const inside = readAccessLog(Readable.from([Buffer.from(`a\n${"b".repeat(1 << 21)}\nc\n`)], { objectMode: false }));
    await take(inside);
    expect(reasons(inside.report)[1]).toBe("2: longer than 1048576 bytes");
  });

  it("keeps the first 20 malformed lines and counts all", async () => {
    const reader = readAccessLog(Array(100).fill("garbage"));
    await take(reader);
    expect(reader.report).toMatchObject({ lines: 100, malformedCount: 100, operations: 0 });
    expect(reader.report.malformed.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it("a byte order mark, invalid UTF-8, and a last line without an end", async () => {
    const bytes = Buffer.concat([
      Buffer.from(`\ufeff${logLine({ request: "GET /x" })}\n`),
      Buffer.from(logLine({ request: "GET /\xff" }), "latin1"),
    ]);
    expect(
      brief(await take(readAccessLog(Readable.from([bytes], { objectMode: false })))).filter((line) => line.startsWith("observe")),
    ).toEqual(["observe 10.0.0.1: GET /x", "observe 10.0.0.1: GET /\ufffd"]);
    const one = Buffer.from(`\ufeff${logLine()}`);
    expect(await take(readAccessLog(Readable.from([one], { objectMode: false })))).toEqual(await take(readAccessLog([logLine()])));
    expect(await take(readAccessLog([`\ufeff${logLine()}\r\n`]))).toEqual(await take(readAccessLog([logLine()])));
    expect(await take(readAccessLog([]))).toEqual([]);
  });

  it("shows progress, and ends when aborted, also while it waits", async () => {
    const lines = Array.from({ length: 20_000 }, () => logLine());
    const calls: Array<[number, number | undefined]> = [];
    const reader = readAccessLog(lines, { onProgress: (report, fraction) => calls.push([report.lines, fraction]), fraction: () => 0.5 });
    await take(reader);
    expect(calls).toEqual([
      [8192, 0.5],
      [16384, 0.5],
      [20000, 1],
    ]);

    const during = new AbortController();
    const aborted = readAccessLog(lines, { signal: during.signal, onProgress: () => during.abort(new Error("enough")) });
    expect((await failure(take(aborted))).message).toBe("enough");
    expect(aborted.report.lines).toBe(8192);

    const before = readAccessLog(lines, { signal: AbortSignal.abort(new Error("never")) });
    expect((await failure(take(before))).message).toBe("never");

    const waiting = new AbortController();
    const silent = new Readable({ read() {} });
    setTimeout(() => waiting.abort(new Error("too long")), 20);
    expect((await failure(take(readAccessLog(silent, { signal: waiting.signal })))).message).toBe("too long");
    expect(silent.destroyed).toBe(true);
  });

  it("a source that fails is ERR_INPUT; operations are given once; leaving early closes the source", async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error("disk on fire"));
      },
    });
    const error = await failure(take(readAccessLog(broken, { source: "x.log" })));
    expect(error).toMatchObject({ code: "ERR_INPUT", message: "cannot read x.log: disk on fire" });
    async function* throwing(): AsyncGenerator<string> {
      yield logLine();
      throw "a string";
    }
    expect(await failure(take(readAccessLog(throwing())))).toMatchObject({
      code: "ERR_INPUT",
      message: "cannot read access log: a string",
    });

    const once = readAccessLog([logLine()]);
    await take(once);
    expect(() => once.operations()).toThrow(expect.objectContaining({ code: "ERR_INPUT" }));

    const left = Readable.from([fixture], { objectMode: false });
    for await (const _ of readAccessLog(left).operations()) break;
    expect(left.destroyed).toBe(true);
  });

  it("survives any bytes: every line is an operation, blank or malformed", async () => {
    const valid = logLine({ referrer: "https://a/b", agent: "x" });
    const pieces = fc.oneof(
      fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
      // A good line, changed in places.
      fc
        .array(fc.tuple(fc.nat(valid.length), fc.constantFrom('"', "\\", " ", "[", "]", "-", "\0", "ÿ", "9", "")), { maxLength: 4 })
        .map((edits) => {
          let line = valid;
          for (const [at, by] of edits) line = line.slice(0, at) + by + line.slice(at + 1);
          return Buffer.from(`${line}\n`);
        }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), async (chunks) => {
        const reader = readAccessLog(Readable.from(chunks, { objectMode: false }), { dimensions: 8 });
        const operations = await take(reader);
        const text = Buffer.concat(chunks).toString("utf8");
        const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
        const blank = lines.filter((line) => line.trim() === "").length;
        const observed = operations.filter(({ op }) => op === "observe").length;
        expect(reader.report.lines).toBe(lines.length);
        expect(observed + reader.report.malformedCount + blank).toBe(lines.length);
        for (const operation of operations) {
          if (operation.op === "observe") {
            expect(operation.key).not.toBe("");
            expect(operation.stream).not.toBe("");
            expect(Number.isFinite(operation.at)).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("StepCounter", () => {
  it("counts what a table counts, for times in order", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { minLength: 1, maxLength: 50 }), (gaps) => {
        const counter = new StepCounter("s", 10, 0);
        const into: Parameters<StepCounter["end"]>[0] = [];
        const counts = new Map<number, number>();
        let at = 5;
        for (const gap of gaps) {
          at += gap;
          counter.add(at, into);
          counts.set(Math.floor(at / 10), (counts.get(Math.floor(at / 10)) ?? 0) + 1);
        }
        counter.end(into);
        const first = Math.min(...counts.keys());
        const last = Math.max(...counts.keys());
        const expected = Array.from({ length: last - first + 1 }, (_, i) => [(first + i) * 10, counts.get(first + i) ?? 0]);
        expect(into.map((operation) => (operation.op === "record" ? [operation.at, operation.value] : []))).toEqual(expected);
      }),
      { numRuns: 100 },
    );
    const none: never[] = [];
    new StepCounter("s", 10, 0).end(none);
    expect(none).toEqual([]);
  });
});
