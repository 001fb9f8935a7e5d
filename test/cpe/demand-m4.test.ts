import { describe, expect, it } from "vitest";
import { readM4, scoreM4, seasonalNaive } from "../../bench/m4.js";
import { haveData, readData } from "../helpers/data.js";
import { demandOn, feed, hour } from "./demand-helper.js";

describe.skipIf(!haveData("demand/m4"))("demand on M4 hourly", () => {
  const text = (name: string) => readData(`demand/m4/Hourly-${name}.csv.gz`).toString();

  it("is scored as the competition scores, and beats the seasonal naive forecast", () => {
    const all = readM4(text("train"), text("test"));
    expect(all.length).toBe(414);
    const published = scoreM4(all, (past) => seasonalNaive(past));
    expect(published.mase).toBeCloseTo(1.193, 3);
    expect(published.smape).toBeCloseTo(13.912, 3);

    const some = all.filter((_, i) => i % 10 === 0);
    const { demand } = demandOn("release");
    const forecasts = (period: number) => (past: number[]) => {
      demand.configure(0, { interval: hour, period });
      feed(demand, 0, past);
      const f = demand.forecast(0, { horizon: 48, coverage: 0.9 });
      demand.forgetSeries(0);
      return f;
    };
    const naive = scoreM4(some, (past) => seasonalNaive(past));
    const given = scoreM4(some, forecasts(24), 0.9);
    const found = scoreM4(some, forecasts(0), 0.9);
    expect(given.owa).toBeLessThan(0.75 * naive.owa);
    expect(found.owa).toBeLessThan(0.8 * naive.owa);
    expect(given.coverage).toBeGreaterThan(0.84);
    expect(given.coverage).toBeLessThan(0.96);
  });
});
