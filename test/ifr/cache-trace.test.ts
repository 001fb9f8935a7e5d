import { describe, expect, test } from "vitest";
import { missRatios, readTrace, shares, type Trace, traceFile, zipfTrace } from "../../bench/cache.js";
import { haveData, readData } from "../helpers/data.js";
import { wasm } from "../helpers/modules.js";
import { beladyMisses } from "../oracle/belady.js";

const cloudphysics = haveData(traceFile) ? readTrace(readData(traceFile).toString()) : undefined;
const module = { wasm: wasm("ifr-cache", "release") };

describe.each<[string, Trace | undefined]>([
  ["CloudPhysics", cloudphysics],
  ["a Zipf trace", zipfTrace(40_000, 10_000)],
])("misses on %s", (_, trace) => {
  test.skipIf(trace === undefined).each(shares.flatMap((share) => [false, true].map((bySize) => [share, bySize] as const)))(
    "with %d of the objects, by size: %s, ours are those of the reference, request by request",
    (share, bySize) => {
      const { objects, bytes } = trace!;
      const ratios = bySize
        ? missRatios(trace!, Infinity, Math.round(share * bytes), module)
        : missRatios(trace!, Math.max(1, Math.round(share * objects)), undefined, module);
      expect(ratios.identical).toBe(true);
      expect(ratios.ours).toBe(ratios.sieve);
      if (!bySize) expect(ratios.offline).toBeLessThanOrEqual(Math.min(ratios.ours, ratios.lru));
    },
  );
});

test.skipIf(cloudphysics === undefined)("every line of the trace but its heading is a request", () => {
  expect(cloudphysics!.keys.length).toBe(56_935);
  expect(cloudphysics!.sizes.every((size) => size > 0)).toBe(true);
});

test("the offline policy is the optimum: no choice of what to keep misses less often", () => {
  const fewest = (keys: string[], most: number) => {
    // All reachable contents of the cache with the fewest misses that lead to each.
    let states = new Map([["", 0]]);
    for (const key of keys) {
      const next = new Map<string, number>();
      const reach = (state: string, misses: number) => next.set(state, Math.min(misses, next.get(state) ?? Infinity));
      for (const [state, misses] of states) {
        if (state.includes(key)) reach(state, misses);
        else {
          reach(state, misses + 1);
          if (state.length < most) reach([...state, key].sort().join(""), misses + 1);
          for (const out of state) reach([...state.replace(out, ""), key].sort().join(""), misses + 1);
        }
      }
      states = next;
    }
    return Math.min(...states.values());
  };
  for (let seed = 1; seed < 60; seed++) {
    const keys = Array.from({ length: 25 }, (_, i) => "abcdef"[((seed * (i + 3) * (i + seed)) % 23) % 6]!);
    for (const most of [1, 2, 3]) expect(beladyMisses(keys, most)).toBe(fewest(keys, most));
  }
});
