// The protocol of IPredict: which item is the last of a session, or among the last three, after a window of five or seven before. `predictLast` is asked, with
// the protocol's number of last items; `predict`, which says what comes next and knows nothing of ends, and the event model without sessions are rows of
// their own. One configuration for all sets. Its numbers were checked on made sequences and on the first parts of the two last sets, whose later parts are
// scored here; but they began as those of a prototype that had seen some folds of BMS, SIGN and LEVIATHAN, and that ends are learned apart from
// next events was decided with BMS and SIGN in sight: only the two last sets are free of any choice. The anchors are what the framework's own program
// said in a run of it, of one random order, which it does not seed; DG and AKOM, written again, must come near to it first.
import type { Bench } from "../../harness.js";
import { AllKOrderMarkov, Constant, DependencyGraph } from "../../sequences/baselines.js";
import { FOLDS, type Overall, overall, overalls, type SequenceModel, SHUFFLES } from "../../sequences/protocol.js";
import { SessionModel } from "../../sequences/session-model.js";
import { articleSet, bmsSet, leviathanSet, pathSet, type SequenceSet, shapeOf, signSet } from "../../sequences/sets.js";

/** What is known of a set: the framework's best model and the share it gets right, and figures that must come out again. */
interface Known {
  best: string;
  share: number;
  shape?: string;
  again: { model: string; make: () => SequenceModel; share: number }[];
}

const dg = (share: number) => ({ model: "DG", make: () => new DependencyGraph(), share });
const akom = (share: number) => ({ model: "AKOM", make: () => new AllKOrderMarkov(), share });

const known: Record<string, Known> = {
  BMS: { best: "CPT+", share: 0.3788, shape: "4865 sequences, 494 items, 11.2 long", again: [dg(0.3632), akom(0.3143)] },
  SIGN: {
    best: "CPT",
    share: 0.3466,
    shape: "730 sequences, 267 items, 93.0 long",
    again: [dg(0.0206), { model: "always 253", make: () => new Constant(253), share: 0.26 }],
  },
  LEVIATHAN: { best: "AKOM", share: 0.1756, again: [dg(0.0701), akom(0.1756)] },
};

/** The rows of the protocol. Standard errors are in the lines that begin with #. */
export async function ipredict(b: Bench): Promise<void> {
  if (b.quick) {
    b.log("IPredict skipped: a smoke run");
    return;
  }
  const sets = [bmsSet(), signSet(), leviathanSet(), pathSet(5000, 5000), articleSet(4000, 1500)];
  if (sets.includes(undefined)) b.log("public sequences skipped: they are not all here (MFN_DATA)");
  for (const set of sets) if (set !== undefined && checked(b, set)) scores(b, set);
}

const percent = ({ share, error }: Overall) => `${(100 * share).toFixed(2)} +- ${(100 * error).toFixed(2)} %`;

/** Whether the set was read right: its shape, and models whose figures are known. */
function checked(b: Bench, set: SequenceSet): boolean {
  const { sequences, alphabet, meanLength } = shapeOf(set);
  const shape = `${sequences} sequences, ${alphabet} items, ${meanLength.toFixed(1)} long`;
  b.log(`${set.name}: ${shape}`);
  const facts = known[set.name];
  if (facts === undefined) return true;
  let right = facts.shape === undefined || facts.shape === shape;
  if (!right) b.fail(`${set.name} was not read right`, new Error(`it has ${shape}, and should have ${facts.shape}`));
  for (const { model, make, share } of facts.again) {
    const result = overall(set, make, 1);
    const text = `${model} on ${set.name}: ${percent(result)}, in the framework ${(100 * share).toFixed(2)} %`;
    // Both figures are of one order of the sequences each, so the difference has a little more than one error.
    const near = Math.abs(result.share - share) <= 2.5 * result.error;
    if (near) b.log(text);
    else b.fail(`${set.name} or the protocol is not that of the framework`, new Error(text));
    right &&= near;
  }
  return right;
}

function scores(b: Bench, set: SequenceSet): void {
  const { name, consequent, sequences } = set;
  const [last, next] = overalls(set, () => SessionModel.create(true), [
    (model, before) => model.last(before, consequent),
    (model, before) => model.next(before),
  ]);
  const [event] = overalls(set, () => SessionModel.create(false), [(model, before) => model.next(before)]);
  const [peer, share] = known[name] === undefined ? bestHere(set) : [`IPredict's ${known[name].best}`, known[name].share];
  b.log(
    `${name}, ${FOLDS} folds, ${SHUFFLES} orders: predictLast ${percent(last)} at ${last.time.toFixed(1)} us, predict with sessions ${percent(next)} at ` +
      `${next.time.toFixed(1)} us, without ${percent(event)} at ${event.time.toFixed(1)} us; ${peer} ${(100 * share).toFixed(2)} %`,
  );
  const n = sequences.length;
  const row = (what: string, ours: number) => b.score({ case: `${what}, ${name}`, unit: "right", ours, peer, peerValue: share, n });
  row("end of a session by predictLast", last.share);
  row("end of a session by predict with sessions", next.share);
  row("end of a session by predict", event.share);
}

/** The better one of the two models that are here. */
function bestHere(set: SequenceSet): [name: string, share: number] {
  const [one, other] = [overall(set, () => new DependencyGraph()).share, overall(set, () => new AllKOrderMarkov()).share];
  return one > other ? ["DG", one] : ["AKOM", other];
}

export default ipredict;
