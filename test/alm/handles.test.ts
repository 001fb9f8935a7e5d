import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

describe.each(builds)("Handles of edges (%s)", (build) => {
  it.each([true, false])("last as long as their edges, and are never given again (directed: %s)", (directed) => {
    const random = new Random(3);
    const graph = Alm.createSync({ directed, wasm: wasm("alm-mesh", build) });
    const known = new Map<string, number>();
    const gone = new Set<number>();
    const name = (a: number, b: number, t: number) => (directed || a <= b ? `${a} ${b} ${t}` : `${b} ${a} ${t}`);
    const forget = (matches: (a: number, b: number, t: number) => boolean) => {
      for (const [key, handle] of known) {
        const [a, b, t] = key.split(" ").map(Number);
        if (!matches(a, b, t)) continue;
        gone.add(handle);
        known.delete(key);
      }
    };
    for (let step = 0; step < 6000; step++) {
      const [a, b, type] = [random.below(20), random.below(20), random.below(3)];
      const kind = random.next();
      if (kind < 0.4) graph.link(a, b, { type });
      else if (kind < 0.75) {
        const handle = graph.handle(a, b, { type });
        if (graph.weight(a, b, { type }) === undefined) expect(handle).toBeUndefined();
        else {
          expect(handle).toBe(known.get(name(a, b, type)) ?? handle);
          expect(gone.has(handle as number)).toBe(false);
          known.set(name(a, b, type), handle as number);
        }
      } else if (kind < 0.9) {
        graph.unlink(a, b, { type });
        forget((x, y, t) => name(x, y, t) === name(a, b, type));
      } else if (kind < 0.94) {
        graph.unlinkMany([a, b], [b, a], { types: [type, type] });
        forget((x, y, t) => t === type && ((x === a && y === b) || (x === b && y === a)));
      } else if (kind < 0.97) {
        const every = Array.from({ length: 2500 }, (_, i) => [(i * 7) % 20, (i * 3) % 5]);
        if (random.next() < 0.1) {
          graph.unlinkMany(
            every.map((e) => e[0]),
            every.map((e) => e[1]),
          );
          forget((x, y, t) => t === 0 && every.some((e) => name(e[0], e[1], 0) === name(x, y, 0)));
        }
      } else if (kind < 0.99) {
        graph.removeNode(a);
        forget((x, y) => x === a || y === a);
      } else graph.compact();
    }
    expect(known.size).toBeGreaterThan(5);
    expect(gone.size).toBeGreaterThan(200);
    const check = (of: Alm) => {
      for (const [key, handle] of known)
        expect(of.edgeOf(handle)).toMatchObject(((k) => ({ from: k[0], to: k[1], type: k[2] }))(key.split(" ").map(Number)));
      for (const handle of gone) expect(of.edgeOf(handle)).toBeUndefined();
    };
    check(graph);
    check(Alm.loadSync(graph.snapshot(), { wasm: wasm("alm-mesh", build) }));
  });

  it("end where the weakest edge gives way", () => {
    const graph = Alm.createSync({ maxDegree: 2, wasm: wasm("alm-mesh", build) });
    graph.linkMany([1, 1], [2, 3], { weights: [0.5, 0.9] });
    const [weak, strong] = [graph.handle(1, 2) as number, graph.handle(1, 3) as number];
    graph.link(1, 4, { weight: 0.1 });
    expect(graph.edgeOf(weak)).toBeUndefined();
    expect(graph.edgeOf(strong)).toEqual({ from: 1, to: 3, type: 0, weight: Math.fround(0.9) });
  });
});
