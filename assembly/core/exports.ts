// The exports that every layer has, for src/wasm/kernel.ts: each layer's index.ts re-exports this file.

import { alloc, arenaFree, arenaTop, free, reserve, scratch } from "./arena";

export { alloc, arenaFree, arenaTop, free, reserve, scratch };
