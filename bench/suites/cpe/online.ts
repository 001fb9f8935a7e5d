// Every event predicted, then observed; sessions apart. One configuration, the default, for all sets. The anchor is the best backoff Markov model
// of orders 1 to 5, its order chosen with hindsight for each set.
import { Cpe } from "mfn/cpe";
import type { Bench } from "../../harness.js";
import { misread, onlineSets } from "../../sequences/online.js";
import { type OnlineScores, prequential, shown } from "../../sequences/prequential.js";
import { median } from "../../statistics.js";

/** The rows of quality: first and five guesses, bits, calibration. Standard errors are in the lines that begin with #. */
export async function online(b: Bench): Promise<void> {
  const ratios: number[] = [];
  const sets = onlineSets(b.quick);
  if (!b.quick && sets.length < 2) b.log("public sets skipped: they are not here (MFN_DATA)");
  for (const set of sets) {
    const { name, known, sequences } = set;
    const wrong = misread(set);
    if (wrong !== undefined) {
      b.fail(`${name} was not read right`, new Error(wrong));
      continue;
    }
    const cpe = Cpe.createSync();
    const scores = prequential(cpe, sequences);
    cpe.dispose();
    const { first, five, bits, calibration, order, backoff, ratio, n } = scores;
    const peer = `backoff Markov, order ${order}`;
    if (known !== undefined) check(b, name, known.backoff, scores);
    b.log(
      `${name}, ${sequences.length} sequences (standard errors): top-1 ${shown(first, 2, 100)} %, top-5 ${shown(five, 2, 100)} %, ` +
        `${shown(bits, 3)} bits, calibration ${shown(calibration, 4)}; ${peer} ${shown(backoff, 2, 100)} %, ratio ${shown(ratio, 3)}`,
    );
    b.score({ case: `top-1, ${name}`, unit: "hit@1", ours: first.value, peer, peerValue: backoff.value, n });
    b.score({ case: `top-5, ${name}`, unit: "hit@5", ours: five.value, n });
    b.score({ case: `surprise, ${name}`, unit: "bits", ours: bits.value, n });
    b.score({ case: `calibration error of top-1, ${name}`, unit: "share", ours: calibration.value, n });
    ratios.push(ratio.value);
  }
  if (ratios.length < 2) return;
  const n = ratios.length;
  b.score({ case: "top-1 over that of backoff Markov, mean of the sets", unit: "ratio", ours: ratios.reduce((x, y) => x + y, 0) / n, n });
  b.score({ case: "top-1 over that of backoff Markov, median of the sets", unit: "ratio", ours: median(ratios), n });
  b.score({ case: "top-1 over that of backoff Markov, worst set", unit: "ratio", ours: Math.min(...ratios), n });
}

/** The anchor must come out as others have measured it, up to the order of the sequences. */
function check(b: Bench, name: string, known: number, { backoff }: OnlineScores): void {
  const text = `best backoff Markov on ${name}: ${shown(backoff, 2, 100)} %, known ${(known * 100).toFixed(2)} %`;
  if (Math.abs(backoff.value - known) <= 3 * backoff.error) b.log(text);
  else b.fail(`${name} was not read right`, new Error(text));
}

export default online;
