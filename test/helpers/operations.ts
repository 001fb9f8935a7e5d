import type { Operation } from "mfn";
import type { Random } from "./random.js";

/** Dimensions of the vectors in random operations. */
export const DIMENSIONS = 12;
const HOUR = 3_600_000;

/** A random valid operation on about `things` keys; time goes forward by an hour an operation. */
export function randomOperation(random: Random, step: number, things = 200): Operation {
  const key = () => `key ${random.below(things)}`;
  const at = 1_700_000_000_000 + step * HOUR;
  const kind = random.next();
  if (kind < 0.2) {
    const links = Array.from({ length: random.below(4) }, () => ({
      to: key(),
      type: random.pick(["a", "b", undefined]),
      weight: 0.1 + random.next(),
    }));
    return {
      op: "remember",
      key: key(),
      vector: random.next() < 0.8 ? random.vector(DIMENSIONS) : undefined,
      value: random.next() < 0.5 ? step : undefined,
      links,
      at,
    };
  }
  if (kind < 0.65) {
    const value = random.next() < 0.1 ? random.below(50) : undefined;
    return { op: "observe", stream: `stream ${random.below(20)}`, key: key(), value, at };
  }
  if (kind < 0.85) {
    return {
      op: "link",
      from: key(),
      to: key(),
      type: random.pick(["a", "b", undefined]),
      weight: 0.1 + random.next(),
      reinforce: random.next() < 0.5,
      at,
    };
  }
  if (kind < 0.92) return { op: "record", series: `series ${random.below(3)}`, value: random.below(100), interval: HOUR, at };
  return { op: "forget", key: key() };
}
