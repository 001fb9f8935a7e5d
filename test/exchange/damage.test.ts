import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type GraphData,
  MfnError,
  readGexf,
  readGraphML,
  readGraphology,
  writeGexf,
  writeGraphML,
  writeGraphology,
} from "../../src/exchange.js";
import { anyGraph } from "./helpers.js";

const pieces = [
  "",
  "<",
  ">",
  "/>",
  '"',
  "&",
  "&amp;",
  "<graph>",
  "</graph>",
  '<node id="a"/>',
  "<![CDATA[",
  "<!--",
  "]]>",
  "{",
  "[",
  "]",
  ",",
  "null",
  "\0",
  "\ud800",
  "1e999",
];
const formats: [string, (data: GraphData) => string, (text: string) => GraphData][] = [
  ["GraphML", (data) => writeGraphML(data), readGraphML],
  ["GEXF", (data) => writeGexf(data), readGexf],
  ["graphology's format", (data) => JSON.stringify(writeGraphology(data)), readGraphology],
];

describe("A damaged file", () => {
  it.each(formats)("gives a graph that can be written, or a typed error: %s", (_, write, read) => {
    let refused = 0;
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 30 }), fc.constantFrom(...pieces)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(anyGraph, damage, (data, damage) => {
        let text = write(data);
        for (const [at, gone, put] of damage) text = text.slice(0, at % text.length) + put + text.slice((at % text.length) + gone);
        let back: GraphData;
        try {
          back = read(text);
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(MfnError);
          expect((error as MfnError).code).toBe("ERR_INPUT");
          return;
        }
        expect(writeGraphology(back).edges).toHaveLength(back.from.length);
      }),
      { numRuns: 1500 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});
