// Snapshots of a mesh: what is loaded answers and goes on as the original; what is damaged is refused.
import { describe, expect, it } from "vitest";
import { Alm, type MeshOptions } from "../../src/alm.js";
import { sameImage } from "../helpers/images.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { expectRoutes, indexModules } from "./freeze-helpers.js";

const N = 120;
const forms: [string, MeshOptions, boolean][] = [
  ["directed", { seed: 2 ** 40 + 5 }, false],
  ["undirected", { directed: false, halfLife: 1000 }, false],
  ["at most 20 edges a node", { maxDegree: 20, halfLife: 1000, seed: 9 }, false],
  ["undirected, at most 20 edges a node, in the plane", { directed: false, maxDegree: 20 }, true],
  ["directed, in the plane", { halfLife: 1000 }, true],
];

describe.each(builds)("snapshots of Alm (%s)", (build) => {
  // A fresh instance each time.
  const options = () => ({ wasm: wasm("alm-mesh", build) });
  const make = (form: MeshOptions = {}) => Alm.createSync({ ...form, ...options() });

  /** Some of everything; with the same random numbers the same. */
  const goOn = (mesh: Alm, seed: number, steps = 1500) => {
    const random = new Random(seed);
    const skewed = () => random.below(random.below(N) + 1);
    const start = mesh.now;
    for (let step = 0; step < steps; step++) {
      const [from, to, type] = [skewed(), random.below(N), random.below(3)];
      const at = start + step * 40;
      const kind = random.next();
      if (kind < 0.5) mesh.link(from, to, { type, weight: 0.5 + random.next(), at });
      else if (kind < 0.7) mesh.reinforce(from, to, random.next() - 0.2, { type, at });
      else if (kind < 0.9) mesh.unlink(from, to);
      else if (kind < 0.905) mesh.removeNode(from);
      else if (kind < 0.91) {
        const ids = () => Array.from({ length: 2300 }, skewed);
        mesh.linkMany(ids(), ids(), { at });
      } else if (kind < 0.911) mesh.compact();
    }
  };

  const made = (form: MeshOptions, placed: boolean) => {
    const mesh = make(form);
    goOn(mesh, 3);
    if (placed) {
      const random = new Random(4);
      mesh.setCoordinates(
        Array.from({ length: N + 1 }, () => random.next()),
        Array.from({ length: N + 1 }, () => random.next()),
      );
    }
    goOn(mesh, 5, 300);
    return mesh;
  };

  const expectSameAnswers = (a: Alm, b: Alm) => {
    const { memoryBytes: _, ...stats } = a.stats();
    expect(b.stats()).toMatchObject(stats);
    expect(b.directed).toBe(a.directed);
    expect(JSON.stringify([...b.edges()])).toBe(JSON.stringify([...a.edges()]));
    expect(b.columns()).toEqual(a.columns());
    for (const id of [0, 1, 17, N + 5]) {
      expect(b.recall([id])).toEqual(a.recall([id]));
      expect(b.personalizedPageRank([id])).toEqual(a.personalizedPageRank([id]));
      expect(b.kHop([id])).toEqual(a.kHop([id]));
      for (const algorithm of ["auto", "astar", "dijkstra"] as const) {
        expect(b.shortestPath(id, 40, { algorithm })).toEqual(a.shortestPath(id, 40, { algorithm }));
      }
      expect(b.out(id)).toEqual(a.out(id));
      expect(b.into(id)).toEqual(a.into(id));
    }
  };

  it.each(forms)("%s: what is loaded or restored goes on as the original", async (_, form, placed) => {
    const original = made(form, placed);
    const file = original.snapshot();
    const used = make({ directed: false, maxDegree: 3 });
    goOn(used, 77, 200);
    const restored = make(form);
    goOn(restored, 78, 100);
    restored.restore(file);
    const copies = [
      Alm.loadSync(file, options()),
      await Alm.load(new Blob([file]), options()),
      await Alm.load(new Response(file), options()),
      Alm.loadSync(file, { reuse: used }),
      restored,
    ];
    expect(() => used.size).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
    for (const copy of copies) {
      sameImage(copy, original);
      expectSameAnswers(original, copy);
      expect(Buffer.compare(copy.snapshot(), file)).toBe(0);
    }
    goOn(original, 6);
    for (const copy of copies) {
      goOn(copy, 6);
      sameImage(copy, original);
    }
    expectSameAnswers(original, copies[0]);
    expect(Buffer.compare(copies[1].snapshot(), original.snapshot())).toBe(0);
    for (let id = 0; id < N; id++) {
      if (form.maxDegree !== undefined) expect(copies[0].outDegree(id)).toBeLessThanOrEqual(form.maxDegree);
    }
  });

  it("is the same file from both builds, and of an empty graph", () => {
    const other: Build = build === "debug" ? "release" : "debug";
    const on = (each: Build) => {
      const mesh = Alm.createSync({ seed: 3, wasm: wasm("alm-mesh", each) });
      goOn(mesh, 8);
      return mesh.snapshot();
    };
    expect(Buffer.compare(on(build), on(other))).toBe(0);
    const empty = Alm.loadSync(make({ directed: false, maxDegree: 4 }).snapshot(), options());
    expect([empty.directed, empty.size]).toEqual([false, 0]);
    for (let i = 0; i < 9; i++) empty.link(0, i + 1);
    expect(empty.outDegree(0)).toBe(4);
  });

  it("refuses a file that is damaged, cut off, of another kind or of another form, and stays as it was", () => {
    const original = made(forms[1][1], false);
    const file = original.snapshot();
    const mesh = make(forms[1][1]);
    goOn(mesh, 9, 200);
    mesh.freezeSync({ index: "ch", wasm: indexModules(build) });
    const before = Buffer.from(mesh.image());
    const refuse = (bytes: Uint8Array) => {
      for (const take of [() => Alm.loadSync(bytes, options()), () => mesh.restore(bytes)]) {
        expect(take).toThrow(expect.objectContaining({ code: "ERR_SNAPSHOT" }));
        expect(Buffer.compare(before, mesh.image())).toBe(0);
        expect(mesh.frozen?.state).toBe("valid");
      }
    };
    const random = new Random(10);
    for (let i = 0; i < 60; i++) {
      const bad = file.slice();
      // Of the header every byte counts, the others all alike.
      const place = i < 30 ? random.below(64) : random.below(bad.length);
      bad[place] ^= 1 << random.below(8);
      refuse(bad);
    }
    for (const end of [0, 1, 63, 64, 100, file.length - 1]) refuse(file.subarray(0, end));
    const longer = new Uint8Array(file.length + 1);
    longer.set(file);
    refuse(longer);
    // Whole, but not of a graph like this one.
    for (const form of [{}, { directed: false, maxDegree: 3 }]) {
      const foreign = make(form).snapshot();
      expect(() => mesh.restore(foreign)).toThrow();
      expect(Buffer.compare(before, mesh.image())).toBe(0);
    }
    expect(() => Alm.loadSync(file, { ...options(), maxBytes: 4096 })).toThrow(expect.objectContaining({ code: "ERR_MEMORY" }));
    expect(() => mesh.restore(file, { maxBytes: 4096 })).toThrow(expect.objectContaining({ code: "ERR_MEMORY" }));
    expect(Buffer.compare(before, mesh.image())).toBe(0);
    expectRoutes(mesh, [0, 1, 2, 3, 4, 5], {}, 1e-6);
  });

  it("restored into a frozen mesh leaves nothing of its index", async () => {
    for (const directed of [true, false]) {
      const [mesh, other] = [make({ directed }), make({ directed })];
      mesh.linkMany([0, 1], [1, 2], { weights: [1, 1] });
      other.linkMany([0, 1], [1, 2], { weights: [5, 5] });
      mesh.freezeSync({ index: "ch", wasm: indexModules(build) });
      mesh.restore(other.snapshot());
      expect(mesh.frozen?.state).not.toBe("valid");
      expectRoutes(mesh, [0, 1, 2, 3]);
      expect(mesh.shortestPath(0, 2)?.cost).toBe(10);
      // While an index is built.
      const third = make({ directed });
      third.linkMany([0, 1], [1, 2], { weights: [7, 7] });
      const freezing = mesh.freeze({ index: "ch", wasm: indexModules(build) });
      mesh.restore(third.snapshot());
      expect((await freezing).state).not.toBe("valid");
      expectRoutes(mesh, [0, 1, 2, 3]);
      expect(mesh.shortestPath(0, 2)?.cost).toBe(14);
      mesh.freezeSync({ index: "cch", wasm: indexModules(build) });
      expect(mesh.frozen?.state).toBe("valid");
      expectRoutes(mesh, [0, 1, 2, 3]);
    }
  });

  it("restored while paths are listed ends the list", () => {
    // Nine ways from 0 to 1; the same operations with other weights give the same counts of changes.
    const ways = (weight: number) => {
      const mesh = make();
      for (let i = 2; i < 11; i++) {
        mesh.link(0, i, { weight: weight + i });
        mesh.link(i, 1, { weight });
      }
      return mesh;
    };
    const mesh = ways(1);
    const paths = mesh.kShortestPaths(0, 1);
    expect(paths.next().value?.cost).toBe(4);
    mesh.restore(ways(8).snapshot());
    expect(() => [...paths]).toThrow(expect.objectContaining({ code: "ERR_CHANGED" }));
    expect([...mesh.kShortestPaths(0, 1)].map((path) => path.cost)).toEqual([18, 19, 20, 21, 22, 23, 24, 25, 26]);
  });
});
