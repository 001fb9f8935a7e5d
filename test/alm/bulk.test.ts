// Large batches, and that each batch is done as a whole or not at all.
import { describe, expect, it } from "vitest";
import { Alm, type MeshOptions, MfnError } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { SlowGraph } from "../oracle/graph.js";
import { LIFE, Twin } from "./mutation-helpers.js";

const N = 3000;
const range = (n: number, make: (i: number) => number) => Array.from({ length: n }, (_, i) => make(i));

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof MfnError) return error.code;
    throw error;
  }
  return undefined;
}

describe.each(builds)("batches of Alm (%s)", (build) => {
  const make = (options: MeshOptions = {}) => Alm.createSync({ ...options, wasm: wasm("alm-mesh", build) });

  describe.each([true, false])("directed: %s", (directed) => {
    it("give what singles give, however many rows they have, as any kind of array", () => {
      const random = new Random(3);
      for (const n of [1, 40, 2047, 2048, 5041, 9000]) {
        const twin = new Twin(build, { directed });
        for (const nodes of [30, 700]) {
          const ids = () => range(n, () => random.below(random.below(nodes) + 1));
          const rows = {
            from: ids(),
            to: ids(),
            types: range(n, () => (random.next() < 0.8 ? 0 : random.below(4))),
            weights: range(n, () => 0.5 + random.below(9)),
          };
          twin.linkMany(rows);
          twin.askAll();
          twin.reinforceMany(rows);
          twin.updateMany({ ...rows, weights: rows.weights.map((w) => w / 2) });
          twin.askAll();
          const half = Math.floor(n / 2);
          const part = <T>(list: T[]) => list.slice(half);
          twin.unlinkMany({ from: part(rows.from), to: part(rows.to), types: part(rows.types), weights: [] });
          twin.askAll();
        }
        const mesh = make({ directed });
        const [from, to] = [range(n, (i) => i % 50), range(n, (i) => (i * 7) % 60)];
        expect(mesh.linkMany(Int32Array.from(from), Uint32Array.from(to), { weights: Float64Array.from(from, () => 0.75) })).toBe(
          mesh.edgeCount,
        );
        expect(mesh.updateMany(Uint16Array.from(from), to, new Array(n).fill(0.5))).toBe(n);
        expect(new Set([...mesh.edges()].map((e) => e.weight))).toEqual(new Set([0.5]));
      }
    });

    it("take the last of rows that are the same edge", () => {
      for (const n of [20, N]) {
        const mesh = make({ directed });
        // The edges 0 - 1 and 5 - 5 over and over; in an undirected graph both ways.
        const from = range(n, (i) => (i % 3 === 2 ? 5 : directed ? 0 : i % 2));
        const to = range(n, (i) => (i % 3 === 2 ? 5 : directed ? 1 : 1 - (i % 2)));
        const weights = range(n, (i) => i + 1);
        expect(mesh.linkMany(from, to, { weights })).toBe(2);
        const last = n - 1 - ((n - 1) % 3 === 2 ? 1 : 0);
        expect([mesh.weight(0, 1), mesh.nodeCount, mesh.edgeCount]).toEqual([last + 1, 3, 2]);
        expect(mesh.weight(1, 0)).toBe(directed ? undefined : last + 1);
        expect(
          mesh.updateMany(
            from,
            to,
            weights.map((w) => 2 * w),
          ),
        ).toBe(n);
        expect(mesh.weight(0, 1)).toBe(2 * last + 2);
      }
    });

    it("weigh what they were given, at whatever time", () => {
      for (const n of [10, N]) {
        for (const at of [0, 500, 20_000, 33_000, 1e6, 1.7e12]) {
          for (const weight of [1e-18, 1, 1e18]) {
            const mesh = make({ directed, halfLife: 1000 });
            mesh.link(9000, 9001);
            const [from, to] = [range(n, (i) => i), range(n, (i) => i + 1)];
            expect(mesh.linkMany(from, to, { weights: from.map(() => weight), at })).toBe(n);
            const got = mesh.weight(0, 1) as number;
            expect(Math.abs(got - weight)).toBeLessThanOrEqual(1e-6 * weight);
            expect([mesh.now, mesh.weight(n - 1, n)]).toEqual([at, got]);
          }
        }
      }
    });
  });

  it("learn at a later time", () => {
    for (const n of [1, N]) {
      const mesh = make({ halfLife: 1000 });
      const [from, to] = [range(n, (i) => i), range(n, (i) => i + 1)];
      expect(
        mesh.reinforceMany(
          from,
          to,
          from.map(() => 1),
          { at: 1.7e12 },
        ),
      ).toBe(n);
      expect([mesh.weight(0, 1), mesh.now]).toEqual([1, 1.7e12]);
    }
  });

  it("count an undirected edge once that they remove twice", () => {
    const mesh = make({ directed: false });
    mesh.linkMany(
      range(N, (i) => i),
      range(N, (i) => i + 1),
    );
    const ids = range(N / 2, (i) => i);
    const next = ids.map((i) => i + 1);
    expect(mesh.unlinkMany([...ids, ...next], [...next, ...ids])).toBe(N / 2);
    expect(mesh.edgeCount).toBe(N / 2);
    expect([...mesh.edges()].length).toBe(N / 2);
  });

  it.each([true, false])("take no memory for edges that are there (directed: %s)", (directed) => {
    const mesh = make({ directed });
    const random = new Random(4);
    const ids = () => range(6000, () => random.below(random.below(600) + 1));
    mesh.linkMany(ids(), ids());
    mesh.compact();
    const { stateBytes } = mesh.stats();
    const { from, to, weights } = mesh.columns();
    for (let round = 0; round < 3; round++) {
      expect(mesh.linkMany(from, to, { weights })).toBe(0);
      expect(mesh.reinforceMany(from, to, weights)).toBe(0);
    }
    expect(mesh.stats().stateBytes).toBeLessThan(1.1 * stateBytes);
  });

  it("change nothing where a row is bad", () => {
    for (const n of [10, N]) {
      const mesh = make({ halfLife: 1000 });
      const [from, to] = [range(n, (i) => i), range(n, (i) => i + 1)];
      mesh.linkMany(from, to, { at: 500 });
      const before = Buffer.from(mesh.image());
      const ended = (list: number[], last: unknown) => [...list.slice(0, -1), last] as number[];
      const w = from.map(() => 2);
      for (const at of [undefined, 1e6]) {
        const bad: [string, () => unknown][] = [
          ["ERR_ARGUMENT", () => mesh.linkMany(from, ended(to, -1), { at })],
          ["ERR_ARGUMENT", () => mesh.linkMany(from, ended(to, 2 ** 31), { at })],
          ["ERR_NOT_FINITE", () => mesh.linkMany(from, to, { weights: ended(w, Number.NaN), at })],
          ["ERR_ARGUMENT", () => mesh.linkMany(from, to, { weights: ended(w, 0), at })],
          ["ERR_ARGUMENT", () => mesh.linkMany(from, to, { types: ended(w, 256), at })],
          ["ERR_ARGUMENT", () => mesh.linkMany(from, to.slice(1), { at })],
          ["ERR_ARGUMENT", () => mesh.linkMany(from, to, { at: -1 })],
          ["ERR_NOT_FINITE", () => mesh.linkMany(from, to, { at: Number.NaN })],
          ["ERR_ARGUMENT", () => mesh.linkMany(from, to, { at: 1e16 })],
          ["ERR_ARGUMENT", () => mesh.updateMany(from, to, ended(w, -2), { at })],
          ["ERR_NOT_FOUND", () => mesh.updateMany(from, ended(to, 0), w, { at })],
          ["ERR_NOT_FOUND", () => mesh.updateMany(ended(from, 1e6), to, w, { at })],
          [
            "ERR_NOT_FOUND",
            () =>
              mesh.updateMany(from, to, w, {
                types: ended(
                  from.map(() => 0),
                  1,
                ),
                at,
              }),
          ],
          ["ERR_ARGUMENT", () => mesh.updateMany(from, to, w, { at: -1 })],
          ["ERR_ARGUMENT", () => mesh.updateMany(from, to, undefined as unknown as number[], { types: [] })],
          ["ERR_ARGUMENT", () => mesh.reinforceMany(from, to, ended(w, 0), { at })],
          ["ERR_ARGUMENT", () => mesh.reinforceMany(from, to, ended(w, -1), { at })],
          ["ERR_NOT_FINITE", () => mesh.reinforceMany(from, to, ended(w, Infinity), { at })],
          ["ERR_ARGUMENT", () => mesh.reinforceMany(from, to, w, { at: -1 })],
          ["ERR_ARGUMENT", () => mesh.unlinkMany(from, ended(to, 0.5))],
          ["ERR_ARGUMENT", () => mesh.unlinkMany(from, to, { types: ended(w, -1) })],
        ];
        for (const [code, run] of bad) {
          expect([run.toString(), codeOf(run)]).toEqual([run.toString(), code]);
          expect(Buffer.compare(before, mesh.image())).toBe(0);
        }
      }
    }
  });

  it("change nothing where memory runs out, also at times far ahead", () => {
    for (const directed of [true, false]) {
      for (const n of [1500, 6000, 12_000]) {
        const mesh = make({ directed, halfLife: 1000, maxBytes: 30_000 });
        mesh.linkMany([0, 1, 2, 2], [1, 2, 0, 2], { weights: [1, 2, 3, 4], types: [0, 1, 0, 0], at: 1000 });
        const edges = [...mesh.edges()];
        const [from, to] = [range(n, (i) => (i * 7) % 150), range(n, (i) => (i * i * 11) % 149)];
        const types = range(n, (i) => i % 200);
        for (const at of [undefined, 1000, 4000, 1e9]) {
          for (const run of [
            () => mesh.linkMany(from, to, { types, at }),
            () => mesh.reinforceMany(from, to, new Float32Array(n).fill(2), { types, at }),
            () => mesh.linkMany([0, 0], [1, 2 ** 29], { at }),
            () => mesh.reinforceMany([0, 0], [1, 2 ** 29], [1, 1], { at }),
          ]) {
            expect([n, at, codeOf(run)]).toEqual([n, at, "ERR_MEMORY"]);
            expect([...mesh.edges()]).toEqual(edges);
            expect([mesh.nodeCount, mesh.edgeCount, mesh.now]).toEqual([3, 4, 1000]);
          }
        }
        // It goes on.
        expect(mesh.linkMany([5, 0], [6, 1])).toBe(1);
        expect(mesh.reinforce(5, 6, 2)).toBe(3);
        expect(mesh.unlinkMany([5], [6])).toBe(1);
        expect([...mesh.edges()].length).toBe(4);
      }
    }
  });

  it.each([true, false])("are done or not at all while memory is short (directed: %s)", (directed) => {
    for (const maxBytes of [12_000, 40_000, 120_000]) {
      const random = new Random(maxBytes);
      const options = { directed, halfLife: LIFE };
      const mesh = make({ ...options, maxBytes });
      const slow = new SlowGraph(LIFE, options);
      let refused = 0;
      for (let step = 0; step < (build === "release" ? 150 : 50); step++) {
        const n = random.next() < 0.5 ? 2048 + random.below(1000) : random.below(300);
        const nodes = 20 + random.below(maxBytes / 400);
        const ids = () => range(n, () => random.below(random.below(nodes) + 1));
        const [from, to] = [ids(), ids()];
        const types = range(n, () => (random.next() < 0.9 ? 0 : random.below(200)));
        const weights = range(n, () => (1 + random.below(9)) / 4);
        const at = slow.now + (random.next() < 0.2 ? LIFE * random.below(5) : 0);
        const kind = random.next();
        const code = codeOf(() => {
          if (kind < 0.35) mesh.linkMany(from, to, { weights, types, at });
          else if (kind < 0.6) mesh.reinforceMany(from, to, weights, { types, at });
          else if (kind < 0.9) mesh.unlinkMany(from, to, { types });
          else mesh.compact();
        });
        if (code !== undefined) {
          expect(code).toBe("ERR_MEMORY");
          expect(kind).toBeLessThan(0.6);
          refused++;
        } else if (kind < 0.9) {
          if (kind < 0.6) slow.now = at;
          for (const [i, id] of from.entries()) {
            if (kind < 0.35) slow.link(id, to[i], types[i], weights[i]);
            else if (kind < 0.6) slow.reinforce(id, to[i], types[i], weights[i]);
            else slow.unlink(id, to[i], types[i]);
          }
        }
        expect([mesh.edgeCount, mesh.nodeCount, mesh.now]).toEqual([slow.size, slow.nodeCount, slow.now]);
        if (step % 10 === 9 || code !== undefined) expect(JSON.stringify([...mesh.edges()])).toBe(JSON.stringify(slow.edges()));
        expect(mesh.stats().stateBytes).toBeLessThanOrEqual(maxBytes);
      }
      expect(refused).toBeGreaterThan(3);
    }
  });

  it("fit where singles fit", () => {
    for (const directed of [true, false]) {
      const [from, to] = [range(4000, (i) => i), range(4000, (i) => (i * 7) % 4000)];
      const free = make({ directed });
      for (const [i, id] of from.entries()) free.link(id, to[i]);
      const need = free.stats().stateBytes;
      const tight = make({ directed, maxBytes: need });
      expect(tight.linkMany(from, to)).toBe(free.edgeCount);
      expect(
        tight.updateMany(
          from,
          to,
          from.map(() => 2),
        ),
      ).toBe(4000);
      expect(
        tight.reinforceMany(
          from,
          to,
          from.map(() => 2),
        ),
      ).toBe(0);
      expect(tight.weight(from[9], to[9])).toBe(4);
      expect(tight.unlinkMany(from, to)).toBe(free.edgeCount);
      expect(tight.stats()).toMatchObject({ nodes: 0, edges: 0 });
    }
  });
});
