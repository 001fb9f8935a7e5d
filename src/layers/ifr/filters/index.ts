export { type FromParquetOptions, SplitBlockBloom, type SplitBlockBloomOptions, type SplitBlockBloomStats } from "./bloom.js";
export type { FilterKeys, FixedKeys, KeyHashes } from "./feed.js";
export { type Columns, Filter, type FilterHash, type FilterOptions, type FilterStats, GrowingFilter } from "./filter.js";
export { BinaryFuse, type BinaryFuseOptions, type BinaryFuseStats } from "./fuse.js";
export { RollingBloom, type RollingBloomOptions, type RollingBloomStats } from "./rolling.js";
export { TagFilter, type TagFilterOptions, type TagFilterStats } from "./tags.js";
export { Xxh64, type Xxh64Options } from "./xxh64.js";
