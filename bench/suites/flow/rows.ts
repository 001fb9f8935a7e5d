import type { Score } from "mfn/node";
import type { Bench } from "../../harness.js";

/** Rows of one method beside each of the others: where the truth stood, and what it cost where both give probabilities. */
export function compareScores(b: Bench, what: string, ours: Score, others: readonly Score[]): void {
  for (const other of others) {
    const row = (unit: string, value: number | undefined, peerValue: number | undefined, higherIsBetter = true) => {
      if (value === undefined || peerValue === undefined) return;
      b.score({ case: what, unit, ours: value, peer: other.method, peerValue, higherIsBetter, n: ours.n });
    };
    row("hit@1", ours.hitAt1, other.hitAt1);
    row("hit@3", ours.hitAt3, other.hitAt3);
    row("hit@10", ours.hitAt10, other.hitAt10);
    row("MRR", ours.meanReciprocalRank, other.meanReciprocalRank);
    row("bits", ours.bits, other.bits, false);
  }
  if (ours.calibration !== undefined) {
    const { error, errorEqualMass } = ours.calibration;
    b.score({ case: what, unit: "ECE, equal width", ours: error, higherIsBetter: false, n: ours.n });
    b.score({ case: what, unit: "ECE, equal mass", ours: errorEqualMass, higherIsBetter: false, n: ours.n });
  }
}
