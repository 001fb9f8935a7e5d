// What a run is made of, where nobody says otherwise, and what of it holds at its position.
import type { Run } from "./protocol.js";

/** Bounds of what a visitor may choose. */
export const LIMITS = {
  seed: { least: 0, most: 0xffffffff },
  neurons: { least: 64, most: 16_384 },
  threshold: { least: 1, most: 100 },
  winners: { least: 1, most: 4096 },
  position: { least: 0, most: 10_000_000 },
} as const;

/** The sample from its beginning. */
export function defaultRun(): Run {
  return { seed: 1, source: "sample", neurons: 4096, threshold: 15, winners: 64, position: 0, actions: [] };
}

/** The reservoir's settings at the run's position: those of its beginning, changed by the actions that came before. */
export function settingsOf(run: Omit<Run, "data">): Pick<Run, "neurons" | "threshold" | "winners"> {
  const { neurons, threshold, winners } = run;
  const settings = { neurons, threshold, winners };
  for (const action of run.actions) {
    if (action.at <= run.position && action.kind !== "anomaly" && action.kind !== "remove") settings[action.kind] = action.value;
  }
  return settings;
}
