import { describe, expect, it } from "vitest";
import type { Bench } from "../../bench/harness.js";
import { figure, heading, json, line } from "../../bench/report.js";
import { run, type Suites } from "../../bench/run.js";

const good = async (b: Bench) => {
  b.log("a remark");
  await b.compare({ case: "good", n: 1, peer: "loop", check: () => true, ours: () => 1, theirs: () => 2 });
  b.score({ case: "score", unit: "hit@1", ours: 0.4, peer: "most popular", peerValue: 0.1, n: 50 });
};
const suites: Suites = {
  good: async () => ({ default: good }),
  wrong: async () => ({
    default: async (b) => b.compare({ case: "wrong", n: 1, peer: "loop", check: () => false, ours: () => 1, theirs: () => 2 }),
  }),
  broken: async () => {
    throw new Error("no such data");
  },
};

async function call(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(suites, args, { out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out, err };
}

describe("run", () => {
  it("prints one JSON object a row and nothing else with --json", async () => {
    const { code, out, err } = await call("good", "--quick", "--json");
    expect(code).toBe(0);
    const rows = out.map((text) => JSON.parse(text));
    expect(rows).toHaveLength(2);
    for (const row of rows)
      expect(Object.keys(row).slice(0, 8)).toEqual(["suite", "case", "ours", "unit", "peer", "peerValue", "ratio", "n"]);
    expect(Object.keys(rows[0].spread)).toEqual(["samples", "min", "p99", "peerMin", "peerP99"]);
    expect(rows[1]).toEqual({
      suite: "good",
      case: "score",
      ours: 0.4,
      unit: "hit@1",
      peer: "most popular",
      peerValue: 0.1,
      ratio: 4,
      n: 50,
    });
    expect(err.join("\n")).toContain("# a remark");
    expect(err[0]).toMatch(/^node v/);
  });

  it("prints a table that shows failed rows, and exits with 1", async () => {
    const { code, out } = await call("good", "wrong", "--quick");
    expect(code).toBe(1);
    const text = out.join("\n");
    expect(text).toMatch(/^node v\d+.*cores, load .* clock in steps of \d+ ns/);
    expect(text).toMatch(/wrong +FAILED the check returned false/);
    expect(text).toMatch(/score +0\.4000 hit@1 +0\.1000 most popular +4\.000x/);
    expect(text).toContain("3 rows, 2 compared");
    expect(text).toContain("1 failed");
  });

  it("notes a suite that cannot run as a failed row", async () => {
    const { code, out } = await call("broken", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out[0])).toMatchObject({ suite: "broken", ours: null, failed: "no such data" });
  });

  it("runs every suite when none is named", async () => {
    const { out } = await call("--quick", "--json");
    expect(new Set(out.map((text) => JSON.parse(text).suite))).toEqual(new Set(Object.keys(suites)));
  });

  it("refuses what it does not know", async () => {
    for (const args of [["bad"], ["--fast"], ["toString"]]) {
      const { code, out, err } = await call(...args);
      expect(code).toBe(2);
      expect(out).toEqual([]);
      expect(err[0]).toContain("usage: bench [good | wrong | broken]");
    }
  });
});

describe("report", () => {
  it("shows four digits", () => {
    expect([0, 0.5, 1.23456, 12.3456, 999.96, 1234.5, 1e9, null].map(figure)).toEqual([
      "0.000",
      "0.5000",
      "1.235",
      "12.35",
      "1000",
      "1235",
      "1000000000",
      "-",
    ]);
    expect(figure(0.0000001234)).toBe("1.23e-7");
  });

  it("keeps to its columns", () => {
    const row = { suite: "s", case: "c", ours: 1, unit: "ns", peer: "p", peerValue: 2, ratio: 2, n: 1 };
    expect(line(row)).toHaveLength(heading("s").length - 1);
    expect(line({ ...row, peer: null })).toMatch(/^c +1\.000 ns$/);
    expect(line({ ...row, ratio: null })).toMatch(/ -$/);
    expect(json({ ...row, ours: 1.23456789 })).toBe(
      '{"suite":"s","case":"c","ours":1.23457,"unit":"ns","peer":"p","peerValue":2,"ratio":2,"n":1}',
    );
  });
});
