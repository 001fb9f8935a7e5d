// The start of a store with a population.

import { alloc, STATE } from "../../core/arena";
import { theStore } from "../layout";
import { bestSegment, startStore } from "../rows";
import { byteStride } from "./bytes";
import { blockSize, FIRST_LEARNING, floatBytes, MOST_DIMENSIONS, NEVER, POPULATION, Population, ROUNDS, thePopulation } from "./layout";
import { TUNED_BYTES } from "./levels";
import { drawSigns } from "./rotate";

/** Starts a store with a population that has not learned yet. Parameters as storeInit. */
export function populationInit(
  dimensions: u32,
  metric: u32,
  capacity: u32,
  limitBytes: u32,
  seedLow: u32,
  seedHigh: u32,
  neurons: u32,
  spill: u32,
  autoLearn: u32,
  byteRows: u32,
): bool {
  const stride = byteRows ? byteStride(dimensions) : ((dimensions + 3) & ~3) << 2;
  if (!startStore(<u32>(POPULATION - STATE) + offsetof<Population>(), stride, dimensions, metric, capacity, limitBytes)) return false;
  const p = thePopulation();
  p.byteRows = byteRows;
  // Longer vectors than this are compared one by one: their sums of look-ups would leave sixteen bits.
  if (dimensions > MOST_DIMENSIONS) {
    p.due = NEVER;
    return true;
  }
  p.random = ((<u64>seedHigh) << 32) | <u64>seedLow;
  p.bits = (dimensions + 15) & ~15;
  p.spill = spill;
  p.wantedNeurons = neurons;
  p.due = autoLearn ? FIRST_LEARNING : NEVER;
  p.signs = <u32>alloc(ROUNDS * p.bits * 4);
  p.centre = <u32>alloc(<u32>floatBytes(theStore()));
  p.tuned = <u32>alloc(TUNED_BYTES);
  if (p.signs == 0 || p.centre == 0 || p.tuned == 0) return false;
  drawSigns(p);
  p.blocksPerSlab = bestSegment(blockSize(p));
  return true;
}
