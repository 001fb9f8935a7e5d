import { badArgument } from "../errors.js";
import { DsrCore } from "../layers/dsr/core.js";
import type { StoreOptions, VectorStore } from "../layers/dsr/store.js";
import type { IfrOptions } from "../layers/ifr/core.js";
import type { Bytes, Milliseconds } from "../types.js";
import { checkArray, checkInteger } from "../wasm/kernel.js";
import type { WasmSource } from "../wasm/source.js";
import { LAYERS, type LayerName, maskOf } from "./features.js";
import type { Operation } from "./operations.js";

/** Where operations are written before they are carried out, so that another engine can carry them out again. */
export interface Journal {
  /**
   * Called with every valid operation, its time filled in and its vector a plain array of its own, before anything changes.
   * What it throws stops the operation. One that a layer then refuses (ERR_MEMORY, ERR_FULL, a vector too long, a time too old)
   * is in the journal too: replayed, it fails again, and changes nothing again.
   */
  append(operation: Operation): void;
}

/** A class of similarity layers: the exact store that the engine brings, or `Dsr` of `mfn/dsr`. */
export interface SimilarityLayer {
  /** Makes an empty layer. */
  create(options: StoreOptions): Promise<VectorStore>;
  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  createSync(options: StoreOptions): VectorStore;
}

/** How an engine is made. */
export interface MfnOptions {
  /** Length of the vectors given to `remember`; default 128. */
  dimensions?: number;
  /** How vectors are compared; default "cosine". */
  metric?: "cosine" | "l2" | "ip";
  /**
   * What finds similar things. Default: a look at every vector, which is the fastest way up to a few thousand; beyond that give `Dsr` of
   * `mfn/dsr`, an index. Replayed operations give the same bytes only under the same one.
   */
  similarity?: SimilarityLayer;
  /** Things to make room for at once; default 1024. More come as needed. */
  capacity?: number;
  /** Seed of all that is random; default 0. */
  seed?: number;
  /** Half-life of the edges' weights, at least 1 ms; default: they do not decay. */
  halfLife?: Milliseconds;
  /** Fixed size of CPE's table of contexts, a multiple of 512 from 4096 to 2^31; default 8 MiB, or at most half of `maxBytes` for CPE. */
  contextBytes?: Bytes;
  /**
   * The most bytes each layer's state may take; default: what WebAssembly can address. That of IFR holds for each of three
   * registries: keys, names of streams, names of series.
   */
  maxBytes?: Bytes | Partial<Record<LayerName, Bytes>>;
  /**
   * Whether `observe` also teaches the fusion, which costs about as much as a `recall`: always (true), never (false), or at
   * every n-th event. Default true.
   */
  learnFusion?: boolean | number;
  /** The layers that `recall` and the fusion use; default all four. Operations reach every layer in any case. */
  layers?: readonly LayerName[];
  /** Written before every change. */
  journal?: Journal;
  /** The time of operations that are given none; default Date.now. Read once an operation. */
  clock?: () => Milliseconds;
  /** Where each layer's WebAssembly, and the fusion's, comes from; default: what is embedded. `ifr` is used three times: a module, bytes, or a function. */
  wasm?: Partial<Record<LayerName | "fusion", WasmSource | (() => WasmSource)>>;
}

/** Options with everything filled in and checked. */
export interface Settings {
  dimensions: number;
  metric: "cosine" | "l2" | "ip";
  capacity: number;
  seed: number;
  halfLife: Milliseconds;
  similarity: SimilarityLayer;
  contextBytes: Bytes | undefined;
  maxBytes: Partial<Record<LayerName, Bytes>>;
  learnEvery: number;
  layers: readonly LayerName[];
  journal: Journal | undefined;
  clock: () => Milliseconds;
}

function checkFunction<T>(name: string, value: T): T {
  if (typeof value !== "function") throw badArgument(name, "a function", value);
  return value;
}

function checkSimilarity(layer: SimilarityLayer): SimilarityLayer {
  if (typeof layer?.create !== "function" || typeof layer.createSync !== "function")
    throw badArgument("similarity", "Dsr of mfn/dsr", layer);
  return layer;
}

/** @throws MfnError ERR_ARGUMENT */
export function settle(options: MfnOptions): Settings {
  const metric = options.metric ?? "cosine";
  if (!["cosine", "l2", "ip"].includes(metric)) throw badArgument("metric", `"cosine", "l2" or "ip"`, metric);
  const learn = options.learnFusion ?? true;
  const halfLife = options.halfLife ?? Number.POSITIVE_INFINITY;
  if (typeof halfLife !== "number" || !(halfLife > 0)) throw badArgument("halfLife", "a positive number of milliseconds", halfLife);
  const { maxBytes } = options;
  if (options.journal !== undefined) checkFunction("journal.append", options.journal?.append);
  return {
    dimensions: checkInteger("dimensions", options.dimensions ?? 128, 1, 65536),
    metric,
    similarity: checkSimilarity(options.similarity ?? DsrCore),
    capacity: checkInteger("capacity", options.capacity ?? 1024, 0, 0x7fff_ffff),
    seed: options.seed ?? 0,
    halfLife,
    contextBytes: options.contextBytes,
    maxBytes: typeof maxBytes === "number" ? { ifr: maxBytes, dsr: maxBytes, alm: maxBytes, cpe: maxBytes } : (maxBytes ?? {}),
    learnEvery: typeof learn === "boolean" ? Number(learn) : checkInteger("learnFusion", learn, 1, 0x7fff_ffff),
    layers: checkLayers(options.layers ?? LAYERS),
    journal: options.journal,
    clock: checkFunction("clock", options.clock ?? Date.now),
  };
}

/** The layers in the order of the flow, each once. @throws MfnError ERR_ARGUMENT */
export function checkLayers(layers: readonly LayerName[]): readonly LayerName[] {
  for (const layer of checkArray("layers", layers))
    if (!LAYERS.includes(layer)) throw badArgument("layers", `"ifr", "dsr", "alm" or "cpe"`, layer);
  return LAYERS.filter((layer) => layers.includes(layer));
}

/** The options of each layer, and of the three registries: of things, streams and series. */
export function layerOptions(settings: Settings, { wasm = {} }: MfnOptions) {
  const { dimensions, metric, capacity, seed, halfLife, contextBytes, maxBytes } = settings;
  const source = (layer: LayerName | "fusion"): WasmSource | undefined => {
    const given = wasm[layer];
    return typeof given === "function" ? given() : given;
  };
  // Streams and series have hashes of their own, so that a crafted set of keys cannot crowd them too.
  const registry = (offset: number, room: number): IfrOptions => ({
    seed: seed + offset,
    capacity: room,
    maxBytes: maxBytes.ifr,
    wasm: source("ifr"),
  });
  return {
    ifr: [registry(0, capacity), registry(1, 0), registry(2, 0)],
    dsr: { dimensions, metric, capacity: 0, seed, maxBytes: maxBytes.dsr, wasm: source("dsr") },
    alm: { capacity, halfLife, seed, maxBytes: maxBytes.alm, wasm: source("alm") },
    cpe: { seed, contextBytes, maxBytes: maxBytes.cpe, wasm: source("cpe") },
    fusion: { layers: maskOf(settings.layers), seed, wasm: source("fusion") },
  };
}
