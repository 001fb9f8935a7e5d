import { badArgument } from "../../errors.js";
import type { Milliseconds } from "../../types.js";
import { checkNumber } from "../../wasm/kernel.js";

/** The longest time to live, in epochs: with the parts of an epoch at either end it is within the 253 that the module can tell apart. */
const LONGEST = 251;

/** Options of `IfrCache` that have to do with time. */
export interface ClockOptions {
  ttl?: Milliseconds;
  maxTtl?: Milliseconds;
  resolution?: Milliseconds;
  now?: () => Milliseconds;
}

/** Turns times into epochs, numbered from the making of the cache: the module knows nothing finer and reads no clock. */
export class EpochClock {
  /** Whether entries may have a time to live at all. */
  readonly timed: boolean;
  readonly resolution: Milliseconds;
  readonly #ttl: Milliseconds;
  readonly #now: () => Milliseconds;
  /** When the cache was made, and the latest time read, from then on. */
  readonly #start: Milliseconds = 0;
  #since: Milliseconds = 0;
  /** The epoch that the module was told last. */
  #epoch = 0;

  constructor({ ttl = Infinity, maxTtl, resolution, now = Date.now }: ClockOptions) {
    this.#ttl = ttl;
    if (typeof now !== "function") throw badArgument("now", "a function", now);
    this.#now = now;
    this.timed = ttl !== Infinity || maxTtl !== undefined || resolution !== undefined;
    if (ttl !== Infinity) checkTime("ttl", ttl);
    if (maxTtl !== undefined) checkTime("maxTtl", maxTtl);
    if (resolution !== undefined) checkTime("resolution", resolution);
    const longest = maxTtl ?? (ttl === Infinity ? undefined : ttl);
    this.resolution = resolution ?? Math.max(1, (longest ?? 0) / 250);
    for (const [name, time] of [
      ["ttl", ttl === Infinity ? 0 : ttl],
      ["maxTtl", maxTtl ?? 0],
    ] as const) {
      if (time > LONGEST * this.resolution) throw badArgument(name, `at most ${LONGEST} x the resolution of ${this.resolution}`, time);
    }
    if (this.timed) this.#start = this.#read();
  }

  /** Reads the clock. @returns how many epochs have begun since the last call, 254 standing for any larger number */
  passed(): number {
    const since = this.#read() - this.#start;
    if (since > this.#since) this.#since = since;
    const epoch = Math.floor(this.#since / this.resolution);
    const passed = Math.min(254, epoch - this.#epoch);
    this.#epoch = epoch;
    return passed;
  }

  /**
   * The epochs that an entry lives beyond the present one, by the time read last: 0 for ever. It expires when an epoch
   * begins that lies wholly beyond its time, so never too early, and at most the resolution too late.
   */
  life(ttl: Milliseconds = this.#ttl): number {
    if (ttl === Infinity) return 0;
    const most = LONGEST * this.resolution;
    if (!(this.timed && ttl > 0 && ttl <= most)) {
      const limit = this.timed ? `more than 0, at most ${most} (see maxTtl), or Infinity` : "none, as the cache has neither ttl nor maxTtl";
      throw badArgument("ttl", limit, ttl);
    }
    return Math.floor((this.#since + ttl) / this.resolution) + 1 - this.#epoch;
  }

  #read(): Milliseconds {
    const now = this.#now;
    return checkNumber("now()", now());
  }
}

function checkTime(name: string, time: Milliseconds): void {
  if (!(Number.isFinite(time) && time > 0)) throw badArgument(name, "a positive number of milliseconds", time);
}
