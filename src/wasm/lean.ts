// biome-ignore-all assist/source/organizeImports: the order is what this file is for.
//
// Binaries that nothing but the engine brings, side by side: what is alike in two of them, or in the JavaScript, then lies within the 32 KiB that
// gzip looks back. With JavaScript between them `mfn` packs 5 % worse, in another order up to 1 %. A bundler that drops what is unused takes from
// here just the one that a layer asks for. IFR's is not among them, for `mfn/ifr` has it too: scripts/js.mjs puts it right behind these.

export { fusionModule } from "./generated/fusion.js";
export { cpeModule } from "./generated/cpe.js";
export { almModule } from "./generated/alm.js";
export { dsrModule } from "./generated/dsr.js";
