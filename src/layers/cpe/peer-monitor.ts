import { badArgument } from "../../errors.js";
import type { Bits, Probability } from "../../types.js";
import { cpeAnomalyModule } from "../../wasm/generated/cpe-anomaly.js";
import {
  checkId,
  checkInteger,
  Kernel,
  type KernelExports,
  type LayerOptions,
  limitBytes,
  NO_MEMORY,
  NOT_FOUND,
  WINDOW,
} from "../../wasm/kernel.js";
import { Layer } from "../../wasm/layer.js";
import type { LoadOptions } from "../../wasm/snapshot.js";
import { SnapshotFormat } from "../../wasm/snapshot-format.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "../../wasm/snapshot-source.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { checkRate } from "./anomaly-options.js";
import { snapshotKinds } from "./snapshot.js";

/** Names a peer: an integer in [0, 2^31). */
export type PeerId = number;

/** Options of the monitor. */
export interface MonitorOptions extends Omit<LayerOptions, "seed"> {
  /** Kinds of events, 2 to 256: an event is an integer in [0, events). */
  events: number;
  /** Alarms an event that are allowed while all peers are honest, in [1e-12, 0.5]; default 0.0001. */
  falseAlarmRate?: number;
  /** Events after which a peer's counts are halved, for each event before them: 64 to 65,535; default 1,024. */
  memory?: number;
  /** Events that a peer is not judged for, since its habits are not known: 1 to 10^9; default 200. */
  warmUp?: number;
}

/**
 * What a peer does instead of what it used to, as far as the monitor can tell it: more of something ("change"), what all peers do after such
 * an event ("cohort"), any event ("noise"), or what some stream had before, its own or another's ("copy").
 */
export type PeerCause = "change" | "cohort" | "noise" | "copy";

/** In the order of their numbers in the module. */
const causes: readonly PeerCause[] = ["change", "cohort", "noise", "copy"];

/** What `PeerMonitor.observe` answers. */
export interface Suspicion {
  /** Surprise of the event: minus the logarithm of its probability by the peer's own habits. */
  bits: Bits;
  /** How much speaks against the peer now, scaled so that it alarms at log2(1 / falseAlarmRate). 0 while it is not judged yet. */
  score: Bits;
  /** Whether that is enough. What speaks against the peer is then counted from 0 again. */
  alarm: boolean;
  /** Where the score comes from; undefined at 0. */
  cause: PeerCause | undefined;
}

/** What `PeerMonitor.evidence` answers. */
export interface Evidence {
  /** Events of the peer. */
  observations: number;
  /** Alarms that the peer has given. */
  alarms: number;
  /** How far its own habits have foretold it better than those of all peers: near 1, or near 0. */
  individuality: Probability;
  /** What speaks for each cause. */
  causes: Record<
    PeerCause,
    {
      /** Evidence summed up. */
      bits: Bits;
      /** At how much of it the peer alarms. */
      threshold: Bits;
    }
  >;
}

interface MonitorExports extends KernelExports {
  monitorInit(limit: number, events: number, rate: number, memory: number, warmUp: number): number;
  monitorSize(): number;
  monitorObserve(id: number, event: number): number;
  monitorEvidence(id: number): number;
  monitorForget(id: number): number;
}

/** Where the header says how many kinds of events there are (`Monitor` in assembly/cpe/anomaly/monitor-layout.ts). */
const EVENTS = (0x20200 + 12) >>> 2;
const F64 = WINDOW >>> 3;
const U32 = WINDOW >>> 2;

// Made when it is asked for: a bundler keeps what is made where a module is loaded.
const format = () => new SnapshotFormat<MonitorExports>(snapshotKinds.peers, cpeAnomalyModule, "monitorObserve");

/**
 * Tells which peers of a group misbehave, from the kinds of events they send and nothing else. Each peer has a model of its own, of which event follows
 * which; one of all peers stands behind it. What a peer does is held against both, against chance and against past stretches of all
 * streams; what speaks against it is summed up, and alarms at a threshold that the monitor keeps where honest peers would reach it at
 * the allowed rate.
 *
 * An alarm is evidence, not proof: a peer that changes its ways for a good reason alarms too. As long as most peers are honest,
 * the few others cannot move the thresholds much. What looks the same as an event is not seen: let the kind of an event say what matters,
 * such as the type of a message, its lateness, and whether it contradicts an earlier one.
 *
 * Memory: 140 KB and 4 events^2 bytes, and for each peer 0.7 KB and 2 events^2 bytes. Time: O(events).
 *
 * @example
 * const monitor = PeerMonitor.createSync({ events: 3 });
 * for (let i = 0; i < 3000; i++) monitor.observe(0, i % 2);
 * let alarm = false;
 * for (let i = 0; i < 30; i++) alarm ||= monitor.observe(0, 2).alarm;
 * alarm; // true
 */
export class PeerMonitor extends Layer<MonitorExports> {
  readonly #k: Kernel<MonitorExports>;
  #events: number;

  private constructor(k: Kernel<MonitorExports>) {
    super(k);
    this.#k = k;
    this.#events = k.u32[EVENTS];
  }

  /** A monitor without a peer. @throws MfnError `ERR_ARGUMENT`, `ERR_NOT_FINITE`, `ERR_MEMORY`, `ERR_WASM` */
  static async create(options: MonitorOptions): Promise<PeerMonitor> {
    const parameters = checkOptions(options);
    return new PeerMonitor(start(await instantiate(cpeAnomalyModule, options.wasm), parameters));
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: MonitorOptions): PeerMonitor {
    const parameters = checkOptions(options);
    return new PeerMonitor(start(instantiateSync(cpeAnomalyModule, options.wasm), parameters));
  }

  /**
   * A monitor as `snapshot` wrote it, which then goes on as the original would have.
   * @param source the snapshot's bytes; a reader at positions, such as `fileSource` of `mfn/node`; a fetch Response, a Blob or a stream
   * @throws ERR_SNAPSHOT for a file that is damaged, or of another kind or version; ERR_MEMORY; ERR_WASM
   */
  static async load(source: SnapshotInput | PromiseLike<SnapshotInput>, options?: LoadOptions): Promise<PeerMonitor> {
    return new PeerMonitor((await format().load(source, options)).kernel);
  }

  /** The same at once, from bytes or a reader. */
  static loadSync(source: SnapshotBytes | SnapshotReader, options?: LoadOptions): PeerMonitor {
    return new PeerMonitor(format().loadSync(source, options).kernel);
  }

  /** The monitor as a file: header, checksum and state, options included. O(bytes). */
  snapshot(): Uint8Array<ArrayBuffer> {
    return format().write(this.#k, 0);
  }

  /** Takes the state of a snapshot instead of its own, options included. @throws as `load`; then the monitor is as before */
  restore(source: SnapshotBytes | SnapshotReader, options?: Pick<LoadOptions, "maxBytes">): void {
    format().restore(this.#k, source, options?.maxBytes);
    this.#events = this.#k.u32[EVENTS];
  }

  /** Kinds of events. */
  get events(): number {
    return this.#events;
  }

  /** Number of peers. */
  get size(): number {
    try {
      return this.#k.x.monitorSize();
    } catch (error) {
      throw this.#k.fail(error);
    }
  }

  /**
   * Takes the next event of a peer, which comes into being with it: judges it by what came before, then learns it. O(events).
   * @param event an integer in [0, events)
   * @throws ERR_ARGUMENT, ERR_MEMORY; nothing is changed then
   */
  observe(peer: PeerId, event: number): Suspicion {
    checkId("peer", peer);
    checkInteger("event", event, 0, this.#events - 1);
    const k = this.#k;
    try {
      if (k.x.monitorObserve(peer, event) === NO_MEMORY) throw k.full();
      const { f64, u32 } = k;
      return { bits: f64[F64], score: f64[F64 + 1], alarm: u32[U32 + 4] !== 0, cause: causes[u32[U32 + 5]] };
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** What speaks against a peer now, or undefined if it is not known. @throws ERR_ARGUMENT */
  evidence(peer: PeerId): Evidence | undefined {
    checkId("peer", peer);
    const k = this.#k;
    try {
      if (k.x.monitorEvidence(peer) === NOT_FOUND) return undefined;
      const [observations, alarms, individuality, ...rest] = k.f64.subarray(F64, F64 + 3 + 2 * causes.length);
      const sums = causes.map((cause, i) => [cause, { bits: rest[2 * i], threshold: rest[2 * i + 1] }]);
      return { observations, alarms, individuality, causes: Object.fromEntries(sums) as Evidence["causes"] };
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Forgets a peer; returns whether there was one. What the model of all peers has learned of it stays. @throws ERR_ARGUMENT */
  forgetPeer(peer: PeerId): boolean {
    checkId("peer", peer);
    try {
      return this.#k.x.monitorForget(peer) !== NOT_FOUND;
    } catch (error) {
      throw this.#k.fail(error);
    }
  }
}

interface Parameters {
  limit: number;
  events: number;
  rate: number;
  memory: number;
  warmUp: number;
}

function checkOptions(options: MonitorOptions): Parameters {
  if (typeof options !== "object" || options === null) throw badArgument("options", "an object with events", options);
  return {
    limit: limitBytes(options.maxBytes),
    events: checkInteger("events", options.events, 2, 256),
    rate: checkRate(options.falseAlarmRate ?? 0.0001),
    memory: checkInteger("memory", options.memory ?? 1024, 64, 65_535),
    warmUp: checkInteger("warmUp", options.warmUp ?? 200, 1, 1e9),
  };
}

function start(instance: WebAssembly.Instance, { limit, events, rate, memory, warmUp }: Parameters): Kernel<MonitorExports> {
  const k = new Kernel<MonitorExports>("cpe-anomaly", instance, "monitorObserve");
  try {
    if (!k.x.monitorInit(limit, events, rate, memory, warmUp)) throw k.full();
  } catch (error) {
    throw k.fail(error);
  }
  return k;
}
