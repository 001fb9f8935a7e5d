import { describe, expect, it } from "vitest";
import { CpeCore } from "../../src/layers/cpe/core.js";
import { builds, wasm } from "../helpers/modules.js";

describe.each(builds)("CpeCore (%s)", (build) => {
  it("has events and series in one image", async () => {
    const cpe = await CpeCore.create({ contextBytes: 4096, wasm: wasm("cpe", build) });
    cpe.configureSeries(4, { interval: 1000, period: 2 });
    const before = cpe.image();
    for (let i = 0; i < 60; i++) {
      cpe.record(4, i * 1000, i % 2 === 0 ? 10 : 20);
      cpe.observe(0, i % 3);
    }
    const { mean } = cpe.forecast(4, { horizon: 2 });
    expect(mean[0]).toBeCloseTo(10, 1);
    expect(mean[1]).toBeCloseTo(20, 1);
    expect(cpe.predict(0, 1).ids[0]).toBe(0);
    expect(Buffer.compare(before, cpe.image())).not.toBe(0);
    expect(cpe.forgetSeries(4)).toBe(true);
    expect(cpe.forgetSeries(4)).toBe(false);
    cpe.dispose();
  });
});
