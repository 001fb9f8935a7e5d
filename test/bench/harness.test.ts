import { describe, expect, it } from "vitest";
import { clock, resolution } from "../../bench/clock.js";
import { Bench, type Row } from "../../bench/harness.js";

const yes = () => true;
const spin = (turns: number) => () => {
  let sum = 0;
  for (let i = 0; i < turns; i++) sum = (sum + i * i) | 0;
  return sum;
};
const quick = (onRow?: (row: Row) => void) => new Bench("t", { quick: true, onRow });

describe("clock", () => {
  it("goes forward in small steps", () => {
    const from = clock.now();
    const step = resolution();
    expect(step).toBeGreaterThan(0);
    expect(step).toBeLessThan(1e5);
    expect(clock.now()).toBeGreaterThan(from);
    expect(clock.kind).toBe("cpu");
  });
});

describe("compare", () => {
  it("checks before it times, and does not time what is wrong", async () => {
    const b = quick();
    const calls: string[] = [];
    const side = (name: string) => () => {
      calls.push(name);
      return spin(2000)();
    };
    const wrong = { n: 1, peer: "p", ours: side("ours"), theirs: side("theirs") };
    await b.compare({ ...wrong, case: "false", check: () => false });
    await b.compare({ ...wrong, case: "false later", check: async () => false });
    await b.compare({
      ...wrong,
      case: "throws",
      check: () => {
        throw new Error("3 of 4 found");
      },
    });
    await b.compare({ ...wrong, case: "truthy is not true", check: () => 1 as unknown as boolean });
    expect(calls).toEqual([]);
    expect(b.failures).toBe(4);
    expect(b.rows.map((row) => row.failed)).toEqual([
      "the check returned false",
      "the check returned false",
      "3 of 4 found",
      "the check returned 1",
    ]);
    for (const row of b.rows) expect([row.ours, row.peerValue, row.ratio]).toEqual([null, null, null]);
    await b.compare({ ...wrong, case: "right", check: () => calls.length === 0 });
    expect(b.failures).toBe(4);
    expect(calls.length).toBeGreaterThan(1);
  });

  it("prepares a side before each of its calls, untimed, and gives the other side samples as long", async () => {
    const b = quick();
    const order: string[] = [];
    const wait = spin(3_000_000);
    await b.compare({
      case: "prepared",
      n: 1,
      peer: "p",
      check: yes,
      prepare: {
        theirs: () => {
          order.push("prepare");
          wait();
        },
      },
      ours: () => {
        order.push("ours");
        return spin(20_000)();
      },
      theirs: () => {
        order.push("theirs");
        return spin(200_000)();
      },
    });
    const [row] = b.rows;
    expect(row!.ratio as number).toBeGreaterThan(3);
    expect(row!.ratio as number).toBeLessThan(50);
    for (const [i, what] of order.entries()) if (what === "theirs") expect(order[i - 1]).toBe("prepare");
    // A call of theirs takes as long as about ten of ours.
    expect(order.filter((what) => what === "ours").length).toBeGreaterThan(4 * order.filter((what) => what === "theirs").length);
  });

  it("says which side is faster, and by how much", async () => {
    const b = quick();
    await b.compare({ case: "slower peer", n: 1, peer: "p", check: yes, ours: spin(20_000), theirs: spin(200_000) });
    await b.compare({ case: "faster peer", n: 1, peer: "p", check: yes, ours: spin(200_000), theirs: spin(20_000) });
    const [won, lost] = b.rows;
    expect(won.ratio as number).toBeGreaterThan(3);
    expect(lost.ratio as number).toBeLessThan(1 / 3);
    expect((won.peerValue as number) / (won.ours as number)).toBeCloseTo(won.ratio as number);
    expect(won.spread?.samples).toBeGreaterThanOrEqual(5);
    expect(won.spread?.min).toBeLessThanOrEqual(won.ours as number);
    expect(won.spread?.p99).toBeGreaterThanOrEqual(won.ours as number);
  });

  it("gives times per operation in the unit asked for", async () => {
    const b = quick();
    const work = { peer: "p", check: yes, ours: spin(100_000), theirs: spin(100_000) };
    await b.compare({ ...work, case: "ns", n: 1 });
    await b.compare({ ...work, case: "us of a thousandth", n: 1000, unit: "us" });
    expect(b.rows[0].unit).toBe("ns");
    const ratio = (b.rows[0].ours as number) / (b.rows[1].ours as number);
    // A million but for noise: a thousand for the unit and a thousand for n.
    expect(ratio).toBeGreaterThan(2e5);
    expect(ratio).toBeLessThan(5e6);
  });

  it("calls the sides by turns", async () => {
    const b = quick();
    let order = "";
    const long = spin(300_000);
    const side = (name: string) => () => {
      order += name;
      return long();
    };
    await b.compare({ case: "turns", n: 1, peer: "p", check: yes, ours: side("a"), theirs: side("b") });
    // Past the calibration each side's samples are one run of calls; the order turns round from pair to pair.
    const runs = order.match(/a+|b+/g) as string[];
    expect(runs.length).toBeGreaterThanOrEqual(5);
  });

  it("fails on work that throws or returns a promise, and goes on", async () => {
    const b = quick();
    const throws = () => {
      throw new Error("boom");
    };
    await b.compare({ case: "throws", n: 1, peer: "p", check: yes, ours: spin(10), theirs: throws });
    await b.compare({ case: "promise", n: 1, peer: "p", check: yes, ours: async () => 1, theirs: spin(10) });
    await b.compare({ case: "no operations", n: 0, peer: "p", check: yes, ours: spin(10), theirs: spin(10) });
    expect(b.rows.map((row) => row.failed?.slice(0, 24))).toEqual(["boom", "this work returns a prom", "n must be positive, got "]);
  });

  it("takes at least 15 pairs when it is not a smoke run", async () => {
    const b = new Bench("t");
    await b.compare({ case: "thorough", n: 1, peer: "p", check: yes, ours: spin(1000), theirs: spin(1000) });
    expect(b.rows[0].spread?.samples).toBeGreaterThanOrEqual(15);
    expect(b.rows[0].ratio as number).toBeGreaterThan(0.3);
    expect(b.rows[0].ratio as number).toBeLessThan(3);
  });
});

describe("measure", () => {
  it("times short calls in batches, long and waiting ones singly", async () => {
    const b = quick();
    await b.measure({ case: "short", n: 1, check: yes, ours: spin(10) });
    await b.measure({ case: "long", n: 1, unit: "us", check: yes, ours: spin(1_000_000) });
    await b.measure({ case: "waits", n: 1, unit: "ms", check: yes, ours: () => new Promise((resolve) => setTimeout(resolve, 5)) });
    await b.measure({ case: "wrong", n: 1, check: () => false, ours: spin(10) });
    await b.measure({ case: "rejects", n: 1, check: yes, ours: () => Promise.reject(new Error("late boom")) });
    const [short, long, waits, wrong, rejects] = b.rows;
    expect(short.ours as number).toBeLessThan(100_000);
    expect(long.ours as number).toBeGreaterThan(10);
    expect(waits.ours as number).toBeGreaterThan(3.5);
    expect([short.peer, short.ratio]).toEqual([null, null]);
    expect(wrong.failed).toBe("the check returned false");
    expect(rejects.failed).toContain("late boom");
  });
});

describe("score", () => {
  it("puts the better side's ratio above one", () => {
    const b = quick();
    b.score({ case: "hits", unit: "hit@1", ours: 0.5, peer: "p", peerValue: 0.25, n: 100 });
    b.score({ case: "bytes", unit: "B", ours: 10, peer: "p", peerValue: 30, higherIsBetter: false, n: 100 });
    b.score({ case: "alone", unit: "B", ours: 10, n: 100 });
    b.score({ case: "peer found nothing", unit: "hit@1", ours: 0.5, peer: "p", peerValue: 0, n: 100 });
    b.score({ case: "NaN", unit: "hit@1", ours: Number.NaN, peer: "p", peerValue: 1, n: 100 });
    expect(b.rows.map((row) => row.ratio)).toEqual([2, 3, null, null, null]);
    expect(b.failures).toBe(1);
  });

  it("reports each row as it is done", async () => {
    const seen: Row[] = [];
    const b = quick((row) => seen.push(row));
    b.score({ case: "one", unit: "B", ours: 1, n: 1 });
    expect(seen).toEqual(b.rows);
    await b.measure({ case: "two", n: 1, check: yes, ours: spin(10) });
    expect(seen).toHaveLength(2);
  });
});
