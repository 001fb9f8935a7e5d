import { badArgument, MfnError } from "../../errors.js";
import { checkInteger, checkNumber, Kernel, limitBytes, seedHalves, WINDOW } from "../../wasm/kernel.js";
import type { DsrOptions } from "./index-types.js";
import { checkOptions, METRICS, type Metric, type StoreExports } from "./store.js";

/** The similarity index's module: assembly/dsr/similarity. */
export interface IndexExports extends StoreExports {
  populationInit(
    dimensions: number,
    metric: number,
    capacity: number,
    limitBytes: number,
    seedLow: number,
    seedHigh: number,
    neurons: number,
    secondWinners: number,
    autoLearn: number,
    byteRows: number,
  ): number;
  populationSettle(): void;
  populationLearn(neurons: number, plastic: number, homeostatic: number): number;
  populationSearch(at: number, k: number, exclude: number, recall: number, probes: number, candidates: number, filter: number): number;
  populationSearchById(id: number, k: number, recall: number, probes: number, candidates: number, filter: number): number;
  populationTrace(at: number, count: number): number;
  populationWinners(at: number, count: number): number;
  populationNovelty(at: number): number;
  /** Writes f64 to WINDOW: see assembly/dsr/similarity/report.ts. */
  populationReport(): void;
  populationWeights(neuron: number, out: number): void;
}

/** By their numbers in assembly/dsr/layout.ts. */
export const METRIC_NAMES: readonly Metric[] = ["l2", "ip", "cosine"];

/** Checks the options of an index and fills in what decides what it is. */
export function indexOptions(options: DsrOptions): DsrOptions & { metric: Metric } {
  checkOptions(options);
  const { metric = "cosine", rows, neurons, secondWinners, seed } = options;
  if (rows !== undefined && rows !== "f32" && rows !== "i8") throw badArgument("rows", `"f32" or "i8"`, rows);
  if (neurons !== undefined) checkInteger("neurons", neurons, 4, 32_768);
  if (secondWinners !== undefined) checkNumber("secondWinners", secondWinners, 0, 1);
  checkBoolean("autoLearn", options.autoLearn);
  seedHalves(seed);
  return { ...options, metric };
}

/** Checks an option that is a boolean where it is given. */
export function checkBoolean(name: string, value: boolean | undefined): void {
  if (value !== undefined && typeof value !== "boolean") throw badArgument(name, "true or false", value);
}

/** Sets a new instance of the module up. */
export function startIndex(instance: WebAssembly.Instance, options: DsrOptions & { metric: Metric }): Kernel<IndexExports> {
  const k = new Kernel<IndexExports>("dsr-index", instance, "populationInit");
  const { dimensions, metric, capacity = 0, neurons = 0, secondWinners = metric === "l2" ? 0 : 0.6, autoLearn = true } = options;
  const [low, high] = seedHalves(options.seed);
  const limit = limitBytes(options.maxBytes);
  try {
    const share = Math.round(1000 * secondWinners);
    if (
      !k.x.populationInit(
        dimensions,
        METRICS[metric],
        capacity,
        limit,
        low,
        high,
        neurons,
        share,
        autoLearn ? 1 : 0,
        options.rows === "i8" ? 1 : 0,
      )
    ) {
      throw new MfnError("ERR_MEMORY", `dsr: capacity ${capacity} does not fit into the memory allowed`);
    }
  } catch (error) {
    throw k.fail(error);
  }
  return k;
}

/** What a snapshot's header says of an index: dimensions, and metric with the form of the rows. */
export function wordsOf({ dimensions, metric = "cosine", rows }: DsrOptions): [number, number] {
  return [dimensions, METRICS[metric] | (rows === "i8" ? 0x100 : 0)];
}

/** What `populationReport` says. */
export interface PopulationReport {
  neurons: number;
  spikesPerWord: number;
  indexed: number;
  meanSquaredDistance: number;
  imbalance: number;
  /** Of the last search: cells it looked into, words it scanned, rows it compared in full. */
  probed: number;
  scanned: number;
  compared: number;
}

export function reportOf(k: Kernel<IndexExports>): PopulationReport {
  k.x.populationReport();
  const [neurons, spikesPerWord, indexed, meanSquaredDistance, imbalance, probed, scanned, compared] = k.f64.subarray(WINDOW >>> 3);
  return { neurons, spikesPerWord, indexed, meanSquaredDistance, imbalance, probed, scanned, compared };
}
