// What the facade reads of a filter's header: see assembly/ifr/filters/layout.ts. It is read from the state each time, because a
// snapshot may have put another state in its place.

import type { Kernel, KernelExports } from "../../../wasm/kernel.js";
import { headerWord } from "../header.js";

/** Whether keys are hashed by XXH64. */
export function isPortable(k: Kernel<KernelExports>): boolean {
  return headerWord(k, 60) === 1;
}

/** The seed, as the two halves of 64 bits, low first. */
export function seedWords(k: Kernel<KernelExports>): [low: number, high: number] {
  return [headerWord(k, 40), headerWord(k, 44)];
}

/** Blocks, fingerprints or buckets. */
export function units(k: Kernel<KernelExports>): number {
  return headerWord(k, 64);
}

/** Generations of a Bloom filter. */
export function generations(k: Kernel<KernelExports>): number {
  return headerWord(k, 76);
}

/** The most keys of a filter of tags. */
export function tagCapacity(k: Kernel<KernelExports>): number {
  return headerWord(k, 92);
}
