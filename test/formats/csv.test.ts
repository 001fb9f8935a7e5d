import fc from "fast-check";
import type { Operation } from "mfn";
import { csvParser, detectFormat, lineParser, newReport, readText } from "mfn/formats";
import { describe, expect, it } from "vitest";
import { csvColumns, csvTime, splitRecord } from "../../src/formats/csv-columns.js";

function read(text: string, options: Parameters<typeof readText>[1] = {}) {
  const { operations, report } = readText(text, { format: "csv", dimensions: 0, ...options });
  return { operations: [...operations()], report };
}

const observed = (operations: readonly Operation[]) =>
  operations.flatMap((operation) => (operation.op === "observe" ? [[operation.stream, operation.key, operation.at, operation.value]] : []));
const reasons = (text: string) => read(text).report.malformed.map(({ line, why }) => `${line}: ${why}`);

/** The field as RFC 4180 writes it. */
const quoted = (field: string) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

describe("records", () => {
  it.each([
    ["a,b,c", ["a", "b", "c"]],
    ["", [""]],
    [",", ["", ""]],
    ['"a,b",c', ["a,b", "c"]],
    ['"say ""hi""",', ['say "hi"', ""]],
    ['"",""', ["", ""]],
    ['""""', ['"']],
    ['a"b,c"', ['a"b', 'c"']],
    [' "a",b', [' "a"', "b"]],
    ['"a\nb",c', ["a\nb", "c"]],
  ])("%j", (record, fields) => {
    expect(splitRecord(record, ",")).toEqual({ fields, open: false, bad: false });
  });

  it("that end inside quotes are open, and text behind a quote is bad", () => {
    expect(splitRecord('a,"b', ",").open).toBe(true);
    expect(splitRecord('a,"b""', ",").open).toBe(true);
    expect(splitRecord('a,"', ",").open).toBe(true);
    expect(splitRecord('"a"b,c', ",").bad).toBe(true);
  });

  it("come back as they were written, at the cost of their length", () => {
    const field = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", " ", "é") });
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), (fields) => {
        expect(splitRecord(fields.map(quoted).join(","), ",")).toEqual({ fields, open: false, bad: false });
      }),
    );
    for (const hostile of ['"'.repeat(300_000), '""'.repeat(150_000), ",".repeat(300_000), '",'.repeat(150_000)]) splitRecord(hostile, ",");
  });
});

describe("columns", () => {
  it.each([
    ["stream,key,at,value", { stream: 0, key: 1, time: 2, value: 3 }],
    ["Timestamp,User ID,Page", { stream: 1, key: 2, time: 0, value: -1 }],
    ["date,ip,url,amount", { stream: 1, key: 2, time: 0, value: 3 }],
    ["event_name,session-id,event.time", { stream: 1, key: 0, time: 2, value: -1 }],
    // The better name wins, wherever it stands.
    ["name,path,client,user", { stream: 3, key: 1, time: -1, value: -1 }],
    ["key", { stream: -1, key: 0, time: -1, value: -1 }],
  ])("%s", (header, columns) => {
    expect(csvColumns(header.split(","))).toEqual(columns);
  });

  it("without a key there are none", () => {
    expect(csvColumns(["user", "time"])).toMatch(/^no column of keys in the header: one of key, item/);
  });

  it.each([
    ["1700000000", 1_700_000_000_000],
    ["1700000000.25", 1_700_000_000_250],
    ["1700000000123", 1_700_000_000_123],
    [" 2024-02-29 ", Date.UTC(2024, 1, 29)],
    ["2024-01-31 10:20", Date.UTC(2024, 0, 31, 10, 20)],
    ["2024-01-31T10:20:30.123456Z", Date.UTC(2024, 0, 31, 10, 20, 30, 123)],
    ["2024-01-31 10:20:30,5 +0130", Date.UTC(2024, 0, 31, 8, 50, 30, 500)],
    ["2024-01-31T10:20:30-08:00", Date.UTC(2024, 0, 31, 18, 20, 30)],
    ["2024-01-31 10:20:30 UTC", Date.UTC(2024, 0, 31, 10, 20, 30)],
    ["2023-02-29", undefined],
    ["2024-13-01", undefined],
    ["2024-01-31T25:00", undefined],
    ["31.01.2024", undefined],
    ["-5", undefined],
    ["9e15", undefined],
    ["99999999999999999", undefined],
    ["never", undefined],
    ["", undefined],
  ])("the time %j", (text, at) => {
    expect(csvTime(text)).toBe(at);
  });
});

describe("CSV", () => {
  it("becomes operations", () => {
    const { operations, report } = read("time,user,page,amount\n1,ann,/tea,2.5\n2,bob,/tea,\n", { dimensions: 8 });
    expect(operations.map(({ op }) => op)).toEqual(["observe", "remember", "observe"]);
    expect(operations[1]).toMatchObject({ key: "/tea", at: 1000, vector: expect.any(Float32Array) });
    expect(observed(operations)).toEqual([
      ["ann", "/tea", 1000, 2.5],
      ["bob", "/tea", 2000, undefined],
    ]);
    expect(report).toEqual({ format: "csv", lines: 3, operations: 3, malformed: [], malformedCount: 0, notes: [] });
  });

  it("takes any of four separators, line ends, a byte order mark, and fields over several lines", () => {
    for (const separator of [",", ";", "\t", "|"]) {
      for (const end of ["\n", "\r\n"]) {
        const text = ["\ufeffuser,page", "ann,/a", "", '"b, b","/two', "", 'lines"', "cy,/c"].join(end).replaceAll(/,(?! )/g, separator);
        expect(observed(read(text).operations)).toEqual([
          ["ann", "/a", undefined, undefined],
          ["b, b", "/two\n\nlines", undefined, undefined],
          ["cy", "/c", undefined, undefined],
        ]);
      }
    }
  });

  it("without streams or times has one stream, and no times", () => {
    expect(observed(read("key\na\nb\n").operations)).toEqual([
      ["all", "a", undefined, undefined],
      ["all", "b", undefined, undefined],
    ]);
    expect(observed(read("key\na\n", { stream: "mine" }).operations)[0][0]).toBe("mine");
  });

  it("says what is malformed, and why", () => {
    const long = "k".repeat(65_536);
    expect(
      reasons(
        `user,page,time,value\nann\nann,,1,\n,/a,1,\nann,/a,never,\nann,/a,1,much\nann,"/a"b,1,\nann,${long},1,\nann,/a,1,1\nann,"/a`,
      ),
    ).toEqual([
      '2: 1 field where the header has 4: "ann"',
      "3: the key or stream is empty",
      "4: the key or stream is empty",
      '5: no such time: "never"',
      '6: no such value: "much"',
      `7: text behind a closing quote: ${JSON.stringify('ann,"/a"b,1,')}`,
      "8: the key or stream is longer than 65535 bytes",
      "10: the last record's quoted field is not closed",
    ]);
    expect(read(`user,page\nann,"${"x".repeat(700_000)}\n${"x".repeat(700_000)}\nann,/b\n`).report.malformed[0].why).toMatch(
      /not closed within/,
    );
    expect(reasons("user,time\nann,1\n")).toEqual([expect.stringMatching(/^1: no column/), expect.stringMatching(/^2: no column/)]);
  });

  it("is read back from what is written, whatever the keys", () => {
    const name = fc
      .string({ minLength: 1, unit: fc.constantFrom("a", "b", ",", '"', ";", "/", "é", "\n") })
      .filter((text) => text.trim() === text && text !== "");
    fc.assert(
      fc.property(fc.array(fc.tuple(name, name)), (rows) => {
        const text = ["user,page", ...rows.map((row) => row.map(quoted).join(","))].join("\n");
        expect(observed(read(text).operations).map(([stream, key]) => [stream, key])).toEqual(rows);
      }),
    );
  });

  it("survives any text: every record is an event or malformed", () => {
    const line = fc.string({ unit: fc.constantFrom("a", ",", '"', "\r", " ", "1", "\u0000", "é") });
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const { operations, report } = read(["user,page", ...lines].join("\n"));
        expect(observed(operations).length + report.malformedCount).toBeLessThanOrEqual(lines.length);
      }),
    );
  });

  it("refuses options that cannot be", () => {
    expect(() => csvParser(newReport("csv"), { dimensions: -1 })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(() => lineParser("xml" as "csv", newReport("csv"))).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
  });
});

describe("the format of a text", () => {
  const log = '10.0.0.1 - - [10/Oct/2023:13:55:36 +0000] "GET /a HTTP/1.1" 200 1';
  it.each([
    ["", undefined],
    ["\n \n", undefined],
    ['\ufeff\n  {"op":"observe"}', "ndjson"],
    [log, "access-log"],
    [`garbage\n${log}`, "access-log"],
    ["user,page\nann,/a", "csv"],
    ["\ufeffuser;page\r\nann;/a", "csv"],
    ['"page"\nx', "csv"],
    ["hello, world\nthis is text", undefined],
    ["a,b\n1,2", undefined],
    ["[1,2]", undefined],
    ["\u0000\u0001\u0002", undefined],
  ])("%j is %s", (text, format) => {
    expect(detectFormat(text)).toBe(format);
    if (format === undefined) expect(() => readText(text, { source: "it" })).toThrow(/^it: expected an access log, NDJSON or CSV/);
    else expect(readText(text).report.format).toBe(format);
  });
});
