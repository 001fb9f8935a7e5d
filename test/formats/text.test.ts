import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import fc from "fast-check";
import type { Operation } from "mfn";
import { detectFormat, parseLogLine, readText } from "mfn/formats";
import { describe, expect, it } from "vitest";
import { openInput } from "../../src/node/readers/index.js";

const fixture = (name: string) => new URL(`../fixtures/${name}`, import.meta.url).pathname;

describe("readText", () => {
  it.each(["access.log", "operations.ndjson"])("gives what the reader of files gives: %s", async (name) => {
    const reader = await openInput(fixture(name), { source: name });
    const expected: Operation[] = [];
    for await (const operation of reader.operations()) expected.push(operation);
    for (const end of ["\n", "\r\n"]) {
      const { operations, report } = readText(readFileSync(fixture(name), "utf8").replaceAll("\n", end), { source: name });
      expect([...operations()]).toEqual(expected);
      expect(report).toEqual(reader.report);
    }
  });

  it("reads as far as its operations are taken", () => {
    const { operations, report } = readText("key\na\nb\nc\n", { dimensions: 0 });
    const taken = operations();
    taken.next();
    expect(report).toMatchObject({ lines: 2, operations: 1 });
    expect([...taken]).toHaveLength(5);
    expect(report).toMatchObject({ lines: 4, operations: 6 });
    // They can be taken once.
    expect([...operations()]).toEqual([]);
  });

  it("does not keep a line of more than a million characters", () => {
    const { operations, report } = readText(`key\n${"x".repeat(2 ** 20 + 1)}\na\n`, { dimensions: 0 });
    expect([...operations()].filter(({ op }) => op === "observe")).toHaveLength(1);
    expect(report.malformed).toEqual([{ source: "text", line: 2, why: "longer than 1048576 bytes" }]);
  });
});

describe("addresses without node:net", () => {
  /** Whether the second of four fields is taken for the client, behind a virtual host. */
  const taken = (address: string) => {
    const entry = parseLogLine(`host.example:80 ${address} - - [10/Oct/2023:13:55:36 +0000] "GET / HTTP/1.1" 200 1`);
    return typeof entry !== "string" && entry.client === address;
  };

  it.each([
    "::",
    "::1",
    "1::",
    "fe80::1",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "::ffff:1.2.3.4",
    "1:2:3:4:5:6:1.2.3.4",
    "1.2.3.4",
    "256.1.1.1",
    "1.2.3",
  ])("%s", (address) => expect(taken(address)).toBe(isIP(address) !== 0));
  it.each([":::", "1:::2", ":1", "1:", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "::g", "1.2.3.4::", "::1.2.3", "1:2"])(
    "%s is none",
    (address) => {
      expect(isIP(address)).toBe(0);
      expect(taken(address)).toBe(false);
    },
  );

  it("as node:net has it", () => {
    const group = fc.constantFrom("", "0", "1", "ff", "abcd", "12345", "1.2.3.4", "1.2.3.4.5", "01.2.3.4");
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 10 }), (groups) => {
        const address = groups.join(":");
        fc.pre(address !== "" && address !== "-");
        expect(taken(address)).toBe(isIP(address) !== 0);
      }),
      { numRuns: 2000 },
    );
  });
});

it("what is no text is refused by name", () => {
  for (const what of [5, null, undefined, new Uint8Array(3), ["a"]]) {
    const refused = expect.objectContaining({ code: "ERR_ARGUMENT", message: expect.stringMatching(/^text: expected a string/) });
    expect(() => detectFormat(what as unknown as string)).toThrow(refused);
    expect(() => readText(what as unknown as string, { format: "csv" })).toThrow(refused);
  }
});
