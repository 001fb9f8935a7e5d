import { describe, expect, it } from "vitest";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { demandOn } from "./demand-helper.js";

/** Seconds; docs/cpe-demand.md. */
const usual = [
  ...[1, 2, 5, 10, 15, 20, 30],
  ...[1, 2, 5, 10, 15, 20, 30].map((minutes) => 60 * minutes),
  ...[1, 2, 3, 4, 6, 8, 12, 24, 168].map((hours) => 3600 * hours),
];

describe.each(builds)("the interval of a series that was told none (%s)", (build) => {
  it.each(usual)("is a usual length where times jitter about it: %i s", (seconds) => {
    const { demand } = demandOn(build);
    const random = new Random(seconds);
    const length = 1000 * seconds;
    for (let t = 0; t < 32; t++) demand.record(0, t * length + (t % 2) * random.below(Math.ceil(0.02 * length)), 1);
    expect(demand.seriesInfo(0)?.interval).toBe(length);
  });

  it("is the median of the spacings where these do not jitter, or not about a usual length", () => {
    const { demand } = demandOn(build);
    for (let t = 0; t < 32; t++) demand.record(0, t * 61_000, 1);
    expect(demand.seriesInfo(0)?.interval).toBe(61_000);
    const gaps = Array.from({ length: 31 }, (_, t) => 76_000 + ((t * 7) % 31));
    let at = 0;
    demand.record(1, at, 1);
    for (const gap of gaps) {
      at += gap;
      demand.record(1, at, 1);
    }
    expect(demand.seriesInfo(1)?.interval).toBe(76_015);
  });
});
