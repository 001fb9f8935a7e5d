// Work of seconds: few rounds, and each round's own result is what is checked.
import { clock } from "../../clock.js";
import { type Bench, sink, type TimeUnit } from "../../harness.js";
import { median } from "../../statistics.js";

export interface SlowSpec<Mine, Other> {
  case: string;
  peer: string;
  unit: TimeUnit;
  /** Operations in one call of either side. */
  n: number;
  /** Whether the results of a round are the same, and right. */
  check: (mine: Mine, other: Other) => boolean;
  /** What runs before a call of a side, untimed. */
  prepare?: { ours?: () => void; theirs?: () => void };
  ours: () => Mine;
  theirs: () => Other;
  /** Default 3. */
  rounds?: number;
}

/** Nanoseconds in each unit. */
const nanoseconds: Record<TimeUnit, number> = { ns: 1, us: 1e3, ms: 1e6 };
/** A round calls ours at least so often, and until it took so many nanoseconds. */
const CALLS = 3;
const TIME = 50e6;
/** Not more often, should the clock not tell what a call takes. */
const MOST = 10_000;

/** Compares by medians of rounds in which each side has its turn; ours is the mean of a round's calls. */
export function slowly<Mine, Other>(b: Bench, spec: SlowSpec<Mine, Other>): void {
  const mine: number[] = [];
  const others: number[] = [];
  try {
    // What is compiled and cached by then is so for both.
    spec.prepare?.ours?.();
    sink.value = spec.ours();
    for (let round = 0; round < (b.quick ? 1 : (spec.rounds ?? 3)); round++) {
      spec.prepare?.theirs?.();
      const from = clock.now();
      const other = spec.theirs();
      others.push(clock.now() - from);
      let spent = 0;
      let call = 0;
      let result: Mine | undefined;
      for (; call < CALLS || (spent < TIME && call < MOST); call++) {
        spec.prepare?.ours?.();
        const began = clock.now();
        result = spec.ours();
        spent += clock.now() - began;
      }
      mine.push(spent / call);
      if (!spec.check(result as Mine, other)) throw new Error("the check returned false");
    }
  } catch (error) {
    b.fail(spec.case, error);
    return;
  }
  const scale = spec.n * nanoseconds[spec.unit];
  b.score({
    case: spec.case,
    unit: spec.unit,
    ours: median(mine) / scale,
    peer: spec.peer,
    peerValue: median(others) / scale,
    higherIsBetter: false,
    n: spec.n,
  });
}
