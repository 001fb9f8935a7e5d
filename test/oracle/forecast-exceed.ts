// The probability that a series exceeds a limit, from the back-test's errors, the obvious slow way.
import { allModels, mixture, placeFactor, scalesOf } from "./demand.js";

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Share of the values beyond x, half a value added on each side, continued by an exponential tail from the `share` quantile on. */
function beyond(values: number[], x: number, share: number, each: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const knee = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const excesses = values.filter((v) => v > knee).map((v) => v - knee);
  const p = (values.filter((v) => v > Math.min(x, knee)).length / each + 0.5) / (values.length / each + 1);
  if (x <= knee) return p;
  if (excesses.length === 0) return 0;
  return p * Math.exp((-(x - knee) * excesses.length) / excesses.reduce((a, b) => a + b, 0));
}

/** The probability for any step, and that of each. */
export function exceedance(y: number[], limit: number, horizon: number, season: number): { probability: number; steps: number[] } {
  const { plan, errors, middle } = mixture(y, horizon, season, Object.keys(allModels));
  const { back } = plan;
  if (back === 0) return { probability: NaN, steps: range(horizon).map(() => NaN) };
  const known = scalesOf(errors, back);
  const factors = new Map<number, number>();
  const factor = (t: number) => {
    if (!factors.has(t)) factors.set(t, season > 1 ? placeFactor(t, errors, known, plan) : 1);
    return factors.get(t) as number;
  };
  const scale = range(horizon).map((h) => factor(y.length + h) * (h < back ? known[h] : known[back - 1] * Math.sqrt((h + 1) / back)));
  const size = (o: number, h: number) => known[h] * factor(plan.origins[o] + h);
  const ratios = errors.map((row, o) => row.map((e, h) => (size(o, h) > 0 ? e / size(o, h) : 0)));
  const room = middle.map((m, h) => (scale[h] > 0 ? (limit - m) / scale[h] : limit < m ? -Infinity : Infinity));
  const steps = room.map((x) => beyond(ratios.flat(), x, 0.9, back));
  const tops = ratios.map((row) => Math.max(...room.map((x, h) => row[Math.min(h, back - 1)] - x)));
  const any = beyond(tops, 0, 0.75, 1);
  const sum = steps.reduce((a, b) => a + b, 0);
  return { probability: Math.max(...steps, Math.min(1, sum, any)), steps };
}
