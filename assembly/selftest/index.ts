// A module for the tests alone: what the layers are built of and do not export. 64-bit values cross as BigInt.

export { alloc, allocLasting, arenaInit, blockBytes, free, giveAway, grow, scratchMore } from "../core/arena";
export * from "../core/exports";
export { hash8, hash16, hash20, hash32, hashBytes, hashKeys, hashPair, mix64 } from "../core/hash";
export { entry, fromOrderedBits, heapPop, heapPush, keepSmallest, largestKept, orderedBits, sortKept } from "../core/heap";
export { expf } from "../core/math";
export { nextBelow, nextF32, nextU64 } from "../core/random";
export { selected, selectSmallest, sortEntries } from "../dsr/similarity/candidates";
export { fourProducts, productOfShorts, shorten } from "../dsr/similarity/matrix";
export { placeOf } from "../dsr/similarity/slots";
export { filterAdd, filterBlock, filterHas } from "../ifr/filter";
