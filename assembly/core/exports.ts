// The exports that every layer has, for src/wasm/kernel.ts: each layer's index.ts re-exports this file.

import { arenaFree, arenaTop, reserve, scratch } from "./arena";

export { arenaFree, arenaTop, reserve, scratch };
