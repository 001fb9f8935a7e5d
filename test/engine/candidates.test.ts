import type { MfnError } from "mfn";
import { expect, test } from "vitest";
import { Fusion } from "../../src/engine/fusion.js";
import { COLUMNS } from "../../src/engine/fusion-module.js";

test("before it is cleared for the first time a set is empty", () => {
  const set = Fusion.createSync().candidates;
  expect(set.find(0)).toBe(-1);
  expect(set.add(3)).toBe(0);
  expect(set.add(0)).toBe(1);
  expect([...set.list()]).toEqual([3, 0]);
});

test("a set that gets no memory for more rows keeps those that it has where they are", () => {
  const fusion = Fusion.createSync({ seed: 3 });
  const set = fusion.candidates;
  const image = Buffer.from(fusion.image());
  const { x } = fusion.kernel;
  set.clear();
  for (let id = 0; id < 256; id++) set.features[set.at(set.add(id))] = id;
  const { rows } = set;
  fusion.kernel.x = { ...x, room: () => 0 };
  for (let tries = 0; tries < 3; tries++) {
    expect(() => set.add(1000)).toThrow(expect.objectContaining({ code: "ERR_MEMORY" }) as MfnError);
    expect(set.find(1000)).toBe(-1);
    expect([set.size, set.rows]).toEqual([256, rows]);
    expect(set.features[set.at(255)]).toBe(255);
  }
  // Emptied and filled again it touches nothing but its rows.
  set.clear();
  for (let id = 0; id < 256; id++) set.features.fill(7, set.at(set.add(id)), set.at(id) + COLUMNS);
  set.clear();
  expect(Buffer.from(fusion.image()).equals(image)).toBe(true);

  fusion.kernel.x = x;
  for (let id = 0; id < 100_000; id++) {
    const at = set.at(set.add(id));
    set.features[at] = id;
  }
  for (const id of [0, 255, 256, 99_999]) expect(set.features[set.at(set.find(id))]).toBe(id);
  expect(Buffer.from(fusion.image()).equals(image)).toBe(true);
});

test("a view that is held through growth of the memory is of length 0, not of other rows", () => {
  const set = Fusion.createSync().candidates;
  set.clear();
  const { features } = set;
  for (let id = 0; id < 5000; id++) set.add(id);
  expect(features.length).toBe(0);
  expect(set.features.length).toBeGreaterThan((5000 * 176) / 4);
});
