// Recursive least squares by its definition: the weighted normal equations of all rows so far, solved afresh.
import { eliminate } from "./ridge.js";

/** The weights, outputs x features, that minimise sum forgetting^age (target - w x)^2 + forgetting^rows |w|^2 / delta. */
export function rlsOracle(states: number[][], targets: number[][], forgetting: number, delta: number): number[][] {
  const n = states[0].length;
  const rows = states.length;
  const age = (r: number) => forgetting ** (rows - 1 - r);
  return targets[0].map((_, o) =>
    eliminate(
      Array.from({ length: n }, (_, i) => [
        ...Array.from({ length: n }, (_, j) =>
          states.reduce((sum, x, r) => sum + age(r) * x[i] * x[j], i === j ? forgetting ** rows / delta : 0),
        ),
        states.reduce((sum, x, r) => sum + age(r) * x[i] * targets[r][o], 0),
      ]),
    ),
  );
}
