import type { Edge } from "../../src/alm.js";

/** What `Alm.spread` takes, all given. */
export interface SlowSpread {
  hops: number;
  decay: number;
  strength: number;
  minActivation: number;
}

/** S - ln(fan) of each arc among those that leave its node, not below 0. */
export function slowPulls(arcs: readonly Edge[], strength: number): Map<Edge, number> {
  const siblings = new Map<number, Edge[]>();
  for (const arc of arcs) siblings.set(arc.from, [...(siblings.get(arc.from) ?? []), arc]);
  const pull = (arc: Edge) => {
    const all = siblings.get(arc.from) as Edge[];
    const mean = all.reduce((sum, e) => sum + e.weight, 0) / all.length;
    return Math.max(0, strength - Math.log(((all.length + 1) * mean) / arc.weight));
  };
  return new Map(arcs.map((arc) => [arc, pull(arc)]));
}

/**
 * Spreading activation round by round over a Map.
 * @param starts share of each seed; together 1
 * @returns activation of every node, and what each node passed on in units of the pull of its arcs
 */
export function slowSpread(
  arcs: readonly Edge[],
  starts: ReadonlyMap<number, number>,
  { hops, decay, strength, minActivation }: SlowSpread,
): { activation: Map<number, number>; passed: Map<number, number> } {
  const pulls = slowPulls(arcs, strength);
  const activation = new Map<number, number>();
  const passed = new Map<number, number>();
  let arrived = new Map(starts);
  for (let round = 0; round < hops; round++) {
    const next = new Map<number, number>();
    for (const [id, a] of arrived) {
      if (round > 0 && a < minActivation) continue;
      const on = round === 0 ? a : (a * decay) / strength;
      passed.set(id, (passed.get(id) ?? 0) + on);
      for (const [arc, pull] of pulls) if (arc.from === id) next.set(arc.to, (next.get(arc.to) ?? 0) + on * pull);
    }
    for (const [id, a] of next) activation.set(id, (activation.get(id) ?? 0) + a);
    arrived = next;
  }
  return { activation, passed };
}
