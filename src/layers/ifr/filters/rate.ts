// How often a split-block Bloom filter errs, and how large it must be to err no more than that. Only arithmetic that gives the same
// bits in every engine, because the size of a filter depends on it.

import { exp } from "../../../math.js";

/** Keys in a block beyond which every one of its bits is as good as set. */
const MOST_IN_BLOCK = 2000;

/**
 * The false-positive rate of a split-block Bloom filter of `blocks` blocks after `keys` distinct keys: the mean over the number of
 * keys in a block, which follows Poisson's law, of (1 - (31/32)^number)^8. A filter with equal load everywhere would err less.
 * O(keys a block).
 */
export function splitBlockRate(blocks: number, keys: number): number {
  const mean = keys / blocks;
  if (mean > 600) return 1;
  let chance = exp(-mean);
  let clear = 1;
  let rate = 0;
  for (let n = 1; n < MOST_IN_BLOCK && (n < mean || chance > 1e-30); n++) {
    chance *= mean / n;
    clear *= 31 / 32;
    const set = 1 - clear;
    const set2 = set * set;
    const set4 = set2 * set2;
    rate += chance * set4 * set4;
  }
  return rate;
}

/** The least number of blocks with which `keys` keys give at most the false-positive rate `rate`. */
export function blocksForRate(keys: number, rate: number): number {
  let enough = 1;
  while (splitBlockRate(enough, keys) > rate) enough *= 2;
  let few = Math.floor(enough / 2);
  while (enough - few > 1) {
    const middle = few + Math.floor((enough - few) / 2);
    if (splitBlockRate(middle, keys) > rate) few = middle;
    else enough = middle;
  }
  return enough;
}
