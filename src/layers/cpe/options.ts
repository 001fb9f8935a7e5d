import { badArgument } from "../../errors.js";
import type { Milliseconds } from "../../types.js";
import { checkInteger, checkNumber, Kernel } from "../../wasm/kernel.js";
import { startEvents } from "./events.js";
import { type SessionExports, type SessionOptions, sessionBudget } from "./sessions.js";
import { snapshotKinds } from "./snapshot.js";
import type { CpeOptions } from "./types.js";

/** Options of `Cpe`. */
export interface EventModelOptions extends CpeOptions {
  /**
   * Whether predictions also look at sessions like the present one, whatever the order of their events: what is between two `endSession` of a
   * stream is a session. Each event then costs some ten times the time. Default: false.
   */
  sessions?: boolean | SessionOptions;
  /** After so long without an event a stream's next one begins a session, for events whose time is told: more than 0, at most 365 days; default: never. */
  gap?: Milliseconds;
  /**
   * Whether all streams learn into one model, or each into contexts of its own, which still share the memory. In the latter case only the ids that are known,
   * their frequency, and how much is made of which kind of context are common. Default: true.
   */
  shared?: boolean;
  /** The most ids that are known, 2 to 2^30; when there are more, those that were not seen for long are forgotten. Default: no limit but `maxBytes`. */
  maxIds?: number;
  /** The same of streams. */
  maxStreams?: number;
}

/** A year: no gap needs to be longer. */
const LONGEST_GAP: Milliseconds = 365 * 86_400_000;

/** The most ids and streams that can be told apart. */
const MOST = 2 ** 30;

function checkOptions(options: EventModelOptions): void {
  if (typeof options !== "object" || options === null) throw badArgument("options", "an object", options);
  const { gap, shared, sessions, maxIds, maxStreams } = options;
  if (maxIds !== undefined) checkInteger("maxIds", maxIds, 2, MOST);
  if (maxStreams !== undefined) checkInteger("maxStreams", maxStreams, 2, MOST);
  sessionBudget(sessions);
  if (gap !== undefined) {
    checkNumber("gap", gap, 0, LONGEST_GAP);
    if (gap === 0) throw badArgument("gap", "more than 0 ms", gap);
  }
  if (shared !== undefined && typeof shared !== "boolean") throw badArgument("shared", "a boolean", shared);
  if (shared === false && sessions !== undefined && sessions !== false) throw badArgument("sessions", "a shared model", sessions);
}

/** Checks the options and starts an instance of the module by them. */
export function startModel(instance: WebAssembly.Instance, options: EventModelOptions): Kernel<SessionExports> {
  checkOptions(options);
  const k = startEvents(new Kernel<SessionExports>(snapshotKinds.events.name, instance, "conduct"), options);
  const bytes = sessionBudget(options.sessions, options.maxBytes);
  try {
    k.x.conduct(options.gap ?? 0, options.shared === false ? 1 : 0);
    k.x.limitTo(options.maxIds ?? 0, options.maxStreams ?? 0);
    if (bytes > 0 && !k.x.sessionsInit(bytes)) throw k.full(bytes);
    return k;
  } catch (error) {
    throw k.fail(error);
  }
}
