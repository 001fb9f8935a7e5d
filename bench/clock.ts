/** A source of time: nanoseconds from an arbitrary start. */
export interface Clock {
  /** `cpu`: processor time of the whole process, with the engine's own threads; `wall`: the monotonic clock. */
  readonly kind: "cpu" | "wall";
  now(): number;
}

/** The part of Node's `process` that is used, where there is one. */
interface Processor {
  cpuUsage?: () => { user: number; system: number };
}

const processor = (globalThis as { process?: Processor }).process;
const cpuUsage = typeof processor?.cpuUsage === "function" ? processor.cpuUsage.bind(processor) : undefined;

/**
 * The clock that samples are taken with. Processor time where the platform tells it, because wall time on a machine that
 * does other things too measures those; it includes garbage collection and compilation on other threads, so neither side
 * can hide work there.
 */
export const clock: Clock =
  cpuUsage === undefined
    ? { kind: "wall", now: () => performance.now() * 1e6 }
    : {
        kind: "cpu",
        now: () => {
          const { user, system } = cpuUsage();
          return (user + system) * 1e3;
        },
      };

/** The smallest step that a clock is seen to take, in nanoseconds: samples must be much longer. */
export function resolution(of: Clock = clock, steps = 200): number {
  let least = Infinity;
  let last = of.now();
  for (let seen = 0; seen < steps; ) {
    const now = of.now();
    if (now > last) {
      least = Math.min(least, now - last);
      seen++;
    }
    last = now;
  }
  return least;
}
