import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readNdjson } from "../../src/node/readers/index.js";
import { reasons, take } from "./readers-helper.js";

const fixture = readFileSync(new URL("../fixtures/operations.ndjson", import.meta.url));

describe("readNdjson", () => {
  it("gives the operations as they are written", async () => {
    const reader = readNdjson(Readable.from([fixture], { objectMode: false }), { source: "operations.ndjson" });
    const expected = fixture
      .toString()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
    expect(await take(reader)).toEqual(expected);
    expect(reader.report).toEqual({ format: "ndjson", lines: 6, operations: 5, malformed: [], malformedCount: 0, notes: [] });
  });

  it.each([
    ["", undefined],
    ["  \t", undefined],
    ["{", /^1: not JSON: /],
    ["[]", /^1: no operation, an object with a field op: "\[\]"$/],
    ["null", /no operation/],
    ["7", /no operation/],
    ["{}", /no operation/],
    ['{"op":"explode"}', /^1: field op: no such operation: "explode"$/],
    ['{"op":7}', /no such operation: 7$/],
    ['{"op":"toString"}', /no such operation/],
    ['{"op":"observe","key":"a"}', /^1: field stream is missing$/],
    ['{"op":"observe","stream":"s"}', /field key is missing/],
    ['{"op":"observe","stream":"s","key":""}', /^1: field key: expected a name, but it is empty, got ""$/],
    ['{"op":"observe","stream":3,"key":"a"}', /^1: field stream: expected a string, got 3$/],
    ['{"op":"observe","stream":"s","key":["a"]}', /expected a string, got an array of 1$/],
    ['{"op":"observe","stream":"s","key":null}', /expected a string, got null$/],
    ['{"op":"observe","stream":"s","key":{}}', /expected a string, got an object$/],
    [`{"op":"observe","stream":"s","key":"${"k".repeat(65536)}"}`, /longer than 65535 bytes/],
    ['{"op":"observe","stream":"s","key":"a","at":"2024"}', /^1: field at: expected milliseconds since the epoch, got "2024"$/],
    ['{"op":"observe","stream":"s","key":"a","at":1e300}', /field at/],
    ['{"op":"observe","stream":"s","key":"a","value":true}', /field value: expected a finite number, got true/],
    ['{"op":"observe","stream":"s","key":"a","value":1e999}', /field value: expected a finite number, got Infinity/],
    ['{"op":"observe","stream":"s","key":"a","vlaue":1}', /^1: field "vlaue" is not known$/],
    ['{"op":"observe","stream":"s","key":"a","__proto__":1}', /field "__proto__" is not known/],
    ['{"op":"remember","key":"a","vector":"x"}', /field vector: expected an array of numbers/],
    ['{"op":"remember","key":"a","vector":[]}', /field vector: expected an array of numbers/],
    ['{"op":"remember","key":"a","vector":[1,2]}', /field vector: expected an array of 3 numbers, got an array of 2/],
    ['{"op":"remember","key":"a","vector":[1,null,2]}', /but element 1 is null/],
    ['{"op":"remember","key":"a","vector":[1,2,1e39]}', /but element 2 is 1e\+39/],
    ['{"op":"remember","key":"a","links":{}}', /field links: expected an array of links, got an object/],
    ['{"op":"remember","key":"a","links":[{"to":"b"},7]}', /of link 1 an object is expected/],
    ['{"op":"remember","key":"a","links":[{}]}', /of link 0 field to is missing/],
    ['{"op":"remember","key":"a","links":[{"to":"b","weight":0}]}', /of link 0 field weight: expected a number > 0/],
    ['{"op":"remember","key":"a","links":[{"to":"b","type":""}]}', /of link 0 field type/],
    ['{"op":"link","from":"a","to":"b","weight":-1}', /field weight: expected a number > 0/],
    ['{"op":"link","from":"a","to":"b","weight":1e-60}', /field weight/],
    ['{"op":"link","from":"a","to":"b","weight":1e60}', /field weight/],
    ['{"op":"link","from":"a","to":"b","weight":"1"}', /field weight/],
    ['{"op":"link","from":"a","to":"b","reinforce":1}', /field reinforce: expected true or false, got 1/],
    ['{"op":"record","series":"s"}', /field value is missing/],
    ['{"op":"record","series":"s","value":1,"interval":0}', /field interval/],
    ['{"op":"forget"}', /field key is missing/],
    ['{"op":"forget","key":"a","at":1}', /field "at" is not known/],
  ])("checks %s", async (line, why) => {
    const reader = readNdjson([line, '{"op":"forget","key":"b"}'], { dimensions: 3 });
    expect(await take(reader)).toEqual([{ op: "forget", key: "b" }]);
    expect(reader.report.malformedCount).toBe(why === undefined ? 0 : 1);
    if (why !== undefined) expect(reasons(reader.report)[0]).toMatch(why);
  });

  it("takes vectors of any length if none is asked for, and any value", async () => {
    const lines = [
      '{"op":"remember","key":"a","vector":[1]}',
      '{"op":"remember","key":"a","value":null}',
      '{"op":"remember","key":"a","value":[{}]}',
    ];
    expect(await take(readNdjson(lines))).toHaveLength(3);
  });

  it("survives any JSON and any bytes", async () => {
    const field = fc.constantFrom("op", "key", "stream", "at", "value", "vector", "links", "to", "from", "weight", "type", "series", "x");
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom("observe", "remember", "link", "record", "forget", "a"));
    const line = fc.oneof(
      fc.dictionary(field, value, { maxKeys: 6 }).map((object) => JSON.stringify(object)),
      fc.json({ maxDepth: 2 }),
      fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 30 }).map((points) => String.fromCodePoint(...points)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 10 }), async (lines) => {
        const reader = readNdjson(lines);
        const operations = await take(reader);
        const blank = lines.filter((text) => text.replace(/^\ufeff/, "").trim() === "").length;
        expect(operations.length + reader.report.malformedCount + blank).toBe(lines.length);
      }),
      { numRuns: 300 },
    );
  });
});
