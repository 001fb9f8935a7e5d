import type { Mfn } from "mfn";
import { expect } from "vitest";

export type Images = ReturnType<Mfn["images"]>;

/** Fails unless every module holds the same bytes. (toEqual on megabytes takes minutes.) */
export function expectSameImages(actual: Images, expected: Images): void {
  for (const name of Object.keys(expected) as Array<keyof Images>) {
    expect(actual[name].length, `${name}: bytes of state`).toBe(expected[name].length);
    expect(Buffer.compare(actual[name], expected[name]), `${name}: the same bytes`).toBe(0);
  }
}

/** The same of two layers. */
export function sameImage(actual: { image(): Uint8Array }, expected: { image(): Uint8Array }): void {
  const [a, b] = [actual.image(), expected.image()];
  expect(a.length, "bytes of state").toBe(b.length);
  expect(Buffer.compare(a, b), "the same bytes").toBe(0);
}
