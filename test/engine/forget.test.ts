import { Mfn } from "mfn";
import { expect, test } from "vitest";
import { DIMENSIONS, randomOperation } from "../helpers/operations.js";
import { Random } from "../helpers/random.js";

/** More than CPE collects before it sweeps forgotten ids out of its tables, so that their numbers are given out again. */
const FORGOTTEN = 1100;

test("what gets the id of a forgotten thing inherits nothing, and when all is forgotten nothing is left", () => {
  const random = new Random(77);
  const mfn = Mfn.createSync({ dimensions: DIMENSIONS, contextBytes: 1 << 16, capacity: 0 });
  for (let step = 0; step < 1500; step++) mfn.apply(randomOperation(random, step, 60));
  const streams = [...mfn.streams()];
  for (let round = 0; round < FORGOTTEN; round++) {
    const gone = random.pick([...mfn.keys()]);
    const { id } = mfn.recall(gone).results[0];
    mfn.forget(gone);
    const { vectors, edges } = mfn.stats();
    const fresh = `fresh ${round}`;
    expect(mfn.remember(fresh)).toBe(id);
    expect(mfn.stats()).toMatchObject({ vectors, edges });
    expect(mfn.get(fresh)).toBeUndefined();
    expect(mfn.similar(fresh)).toEqual([]);
    expect(mfn.associate(fresh)).toEqual([]);
    expect([...mfn.series()]).not.toContain(gone);
    if (round % 50 === 0) {
      for (const stream of streams) {
        expect(mfn.predict(stream, { k: 1000 }).results.map(({ key }) => key)).not.toContain(fresh);
        expect(mfn.recall({ stream }, { strategy: "parallel", k: 1000 }).results.map(({ key }) => key)).not.toContain(fresh);
      }
    }
    for (let i = 1; i <= 3; i++) mfn.apply(randomOperation(random, 1500 + round * 3 + i, 60));
  }
  for (const key of [...mfn.keys(), ...mfn.series()]) mfn.forget(key);
  expect(mfn.stats()).toMatchObject({ things: 0, vectors: 0, edges: 0, series: 0 });
  for (const stream of streams) expect(mfn.recall({ stream }, { strategy: "parallel" }).results).toEqual([]);
  mfn.dispose();
});
