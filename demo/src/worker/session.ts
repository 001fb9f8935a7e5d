// A run: a deterministic state machine over events and actions. It knows no page, no worker and no clock but for its latencies.
import { type ItemId, Mfn, MfnError, type Observation, type Operation } from "mfn";
import { TokenHasher, tokenize } from "mfn/text";
import type { Action, Command, EventRow, Frame, Run } from "../protocol.js";
import { LIMITS } from "../run.js";
import { Accuracy, MarkovTally } from "./accuracy.js";
import { type Answered, answer } from "./answer.js";
import { Demand } from "./demand.js";
import { FilterPanel } from "./filter.js";
import { GraphPanel } from "./graph.js";
import { Latencies, type TimedCall } from "./latency.js";
import { ReservoirPanel } from "./reservoir.js";
import { DIMENSIONS, type Source, type Step } from "./source.js";

/** Things ranked before each event. */
const RANKED = 10;
/** Rows of the lists that a frame shows. */
const LISTED = 5;
/** Events that a frame tells of. */
const MOST_ROWS = 64;
/** Keys and streams that the timed calls go round. */
const RECENT = 64;
/** 1 MiB of contexts: plenty for a demonstration, and soon made anew when a run is replayed. */
const CONTEXT_BYTES = 1 << 20;

/**
 * Goals in microseconds. A lookup is a hash and a cache line or two; a prediction reads a few lines of contexts; similarity looks at
 * every vector, association walks some hundred edges, and a whole recall may take as long as the slower of these: 0.2 ms is the engine's
 * own goal at 100,000 things.
 */
const TARGETS = { ifr: 1, dsr: 200, alm: 200, cpe: 5, recall: 200 } as const;

/** An event that is to come, and whether an action put it in. */
interface Coming {
  step: Step;
  injected: boolean;
}

export class Session {
  /** What the run depends on: `position` and `actions` go along, the settings of the reservoir are those of the beginning. */
  readonly run: Run;
  /** Operations of the visitor's data that the engine refused. */
  refused = 0;
  readonly #source: Source;
  readonly #steps: Iterator<Step, undefined>;
  readonly #engine: Mfn;
  readonly #hasher: TokenHasher;
  readonly #filter: FilterPanel;
  readonly #reservoir: ReservoirPanel;
  readonly #graph: GraphPanel;
  readonly #accuracy = new Accuracy();
  readonly #tally = new MarkovTally();
  readonly #demand: Demand;
  readonly #latencies: Latencies;
  readonly #idOf = new Map<string, ItemId>();
  readonly #nameOf: string[] = [];
  readonly #vectors = new Map<string, Float32Array>();
  /** The last key of each stream. */
  readonly #lastOf = new Map<string, string>();
  /** Injected events that are still to come. */
  readonly #injected: Step[] = [];
  /** Events that actions put in, those to come included. */
  #injections = 0;
  /** Of the reservoir as it is now. */
  #settings: Pick<Run, "neurons" | "threshold" | "winners">;
  /** Actions carried out: run.actions[0] to [acted - 1]. */
  #acted = 0;
  /** Time of the last event. */
  #at = 0;
  #ended = false;
  #rows: EventRow[] = [];
  #frames = 0;
  /** The last event, what was expected of it, and where timed calls find something to ask. */
  #last: { stream: string; key: string; predicted: Array<{ key: string; probability: number }> } | undefined;
  readonly #recent: Array<{ stream: string; key: string }> = [];

  /**
   * A run at its beginning; `advance` brings it to its position. The run is copied.
   * @throws MfnError `ERR_ARGUMENT` for neurons, a threshold or winners that cannot be
   */
  constructor(run: Run, source: Source, now?: () => number) {
    this.run = { ...run, position: 0, actions: run.actions.map((action) => ({ ...action })) };
    const { seed, neurons, threshold, winners } = run;
    checkSetting("seed", seed);
    for (const name of ["neurons", "threshold", "winners"] as const) checkSetting(name, run[name]);
    this.#settings = { neurons, threshold, winners };
    this.#source = source;
    this.#steps = source.steps();
    this.#engine = Mfn.createSync({ dimensions: DIMENSIONS, seed, contextBytes: CONTEXT_BYTES, clock: () => this.#at });
    this.#hasher = new TokenHasher({ dimensions: DIMENSIONS });
    this.#filter = new FilterPanel(seed);
    this.#reservoir = new ReservoirPanel(run);
    this.#graph = new GraphPanel(seed, (id) => this.#nameOf[id]);
    this.#demand = new Demand(source.interval);
    this.#latencies = new Latencies(this.#timedCalls(), now);
  }

  /** Whether no event is left. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * The next event, after the actions that come before it.
   * @returns whether there was one
   */
  advance(): boolean {
    this.#act();
    const coming = this.#next();
    if (coming === undefined) {
      this.#ended = true;
      return false;
    }
    this.#take(coming);
    return true;
  }

  /** The visitor does something now: it becomes part of the run. @throws MfnError as the constructor; then the run is as before */
  act(action: Extract<Command, { type: "act" }>["action"]): void {
    const { actions, position } = this.run;
    const now = { ...action, at: position } as Action;
    // Actions that were to come at later places stay, those of this place were before it.
    this.#act();
    this.#carryOut(now);
    actions.splice(this.#acted, 0, now);
    this.#acted++;
  }

  /** Answers a question; changes nothing. */
  ask(text: string): Answered {
    return answer(this.#engine, text, (name) => this.#lastOf.has(name), this.#hasher);
  }

  /** Takes a sample of the times of one kind of call; changes nothing else. */
  measure(): void {
    if (this.#recent.length > 0) this.#latencies.sample();
  }

  /** All that the page shows, and a new frame's beginning. */
  frame(playing: boolean): Frame {
    const rows = this.#rows;
    this.#rows = [];
    return {
      number: ++this.#frames,
      position: this.run.position,
      total: this.#source.total === undefined ? undefined : this.#source.total + this.#injections,
      playing,
      events: rows.slice(-MOST_ROWS),
      ifr: this.#filter.frame(),
      dsr: this.#reservoir.frame(this.#similar()),
      alm: this.#graph.frame(this.#last === undefined ? -1 : (this.#idOf.get(this.#last.key) ?? -1)),
      cpe: {
        stream: this.#last?.stream ?? "",
        predicted: this.#last?.predicted.slice(0, LISTED) ?? [],
        came: this.#last?.key,
        next: this.#last === undefined ? [] : this.#expect(this.#last.stream).slice(0, LISTED),
        ...this.#accuracy.frame(),
        demand: this.#demand.frame(),
      },
      latency: this.#latencies.frame(),
    };
  }

  /** Lets go of all memory. */
  dispose(): void {
    for (const part of [this.#engine, this.#filter, this.#reservoir, this.#graph, this.#demand]) part.dispose();
  }

  /** Carries out the actions that are due. */
  #act(): void {
    const { actions, position } = this.run;
    for (; this.#acted < actions.length && actions[this.#acted].at <= position; this.#acted++) {
      try {
        this.#carryOut(actions[this.#acted]);
      } catch (error) {
        // A link may ask for what cannot be: the run goes on without it.
        if (!(error instanceof MfnError) || error.code === "ERR_POISONED") throw error;
      }
    }
  }

  #carryOut(action: Action): void {
    switch (action.kind) {
      case "anomaly":
        this.#inject((this.run.seed ^ Math.imul(action.at + 1, 0x9e3779b1)) >>> 0);
        return;
      case "remove":
        this.#forget(action.key);
        return;
      default: {
        checkSetting(action.kind, action.value);
        const settings = { ...this.#settings, [action.kind]: action.value };
        this.#reservoir.renew(settings);
        this.#settings = settings;
      }
    }
  }

  #inject(seed: number): void {
    const steps = this.#source.anomaly(seed, this.#at, [...this.#idOf.keys()]);
    this.#injected.push(...steps);
    this.#injections += steps.length;
    this.#ended = false;
  }

  #next(): Coming | undefined {
    const injected = this.#injected.shift();
    if (injected !== undefined) return { step: injected, injected: true };
    if (this.#ended) return undefined;
    const { value } = this.#steps.next();
    return value === undefined ? undefined : { step: value, injected: false };
  }

  #take({ step, injected }: Coming): void {
    const { stream, key, at } = step.event;
    for (const operation of step.before) this.#apply(operation);
    // What is predicted must not know what came: the event's own operations follow.
    const ranked = this.#expect(stream);
    const rank = ranked.findIndex((result) => result.key === key) + 1;
    const before = this.#lastOf.get(stream);
    const fresh = !this.#engine.has(key);
    this.#at = Math.max(this.#at, at);
    const vector = this.#vectorOf(key);
    const observed = this.#apply(step.event) as Observation | undefined;
    // What is like a new thing is no part of the lesson that its first event gives.
    if (fresh || !this.#idOf.has(key)) this.#apply({ op: "remember", key, vector, at });
    for (const operation of step.after) this.#apply(operation);
    if (observed === undefined) {
      this.run.position++;
      return;
    }
    this.#name(key, observed.id);
    if (before !== undefined) {
      this.#accuracy.add(rank, this.#tally.after(before).indexOf(key) + 1);
      this.#tally.learn(before, key);
      if (before !== key) this.#apply({ op: "link", from: before, to: key, type: "next", weight: 1, reinforce: true, at });
    }
    this.#lastOf.set(stream, key);
    this.#filter.event(key, stream, fresh);
    this.#reservoir.feed(vector);
    this.#graph.touch(observed.id, before === undefined ? -1 : (this.#idOf.get(before) ?? -1));
    this.#demand.add(at);
    this.#last = { stream, key, predicted: ranked };
    this.#recent[this.run.position % RECENT] = { stream, key };
    this.#rows.push({ n: this.run.position, stream, key, at, surprise: observed.surprise, rank, injected });
    if (this.#rows.length >= 2 * MOST_ROWS) this.#rows = this.#rows.slice(-MOST_ROWS);
    this.run.position++;
  }

  /** Carries out an operation in the engine and in the graph that is shown. What the engine refuses is counted. */
  #apply(operation: Operation): unknown {
    try {
      switch (operation.op) {
        case "forget":
          return this.#forget(operation.key);
        case "remember": {
          const { links, vector, ...rest } = operation;
          const fits = vector?.length === DIMENSIONS;
          if (fits) this.#vectors.set(operation.key, Float32Array.from(vector));
          this.#name(operation.key, this.#engine.apply({ ...rest, vector: this.#vectorOf(operation.key) }) as ItemId);
          for (const link of links ?? []) this.#link(operation.key, link.to, link.type, link.weight, false);
          return undefined;
        }
        case "link":
          return this.#link(operation.from, operation.to, operation.type, operation.weight, operation.reinforce ?? false);
        default:
          return this.#engine.apply(operation);
      }
    } catch (error) {
      if (!(error instanceof MfnError) || error.code === "ERR_MEMORY" || error.code === "ERR_POISONED") throw error;
      this.refused++;
      return undefined;
    }
  }

  #link(from: string, to: string, type = "link", weight = 1, reinforce = false): void {
    this.#engine.link(from, to, { type, weight, reinforce, at: this.#at });
    this.#graph.link(this.#known(from), this.#known(to), type, weight);
  }

  /** The id of a key that the engine knows. */
  #known(key: string): ItemId {
    const id = this.#idOf.get(key);
    if (id !== undefined) return id;
    // It came by a link, and has neither vector nor event yet.
    this.#apply({ op: "remember", key, at: this.#at });
    return this.#idOf.get(key) as ItemId;
  }

  #forget(key: string): void {
    const id = this.#idOf.get(key);
    if (id === undefined) return;
    this.#engine.forget(key);
    this.#graph.remove(id);
    this.#idOf.delete(key);
    this.#vectors.delete(key);
    if (this.#last?.key === key) this.#last = { ...this.#last, predicted: [] };
  }

  #name(key: string, id: ItemId): void {
    this.#idOf.set(key, id);
    this.#nameOf[id] = key;
  }

  /** What the engine expects next in a stream. All layers, without a budget: no clock has a say in it. */
  #expect(stream: string): Array<{ key: string; probability: number }> {
    const { results } = this.#engine.recall({ stream }, { k: RANKED, strategy: "parallel", evidence: false });
    return results.map(({ key, probability }) => ({ key, probability }));
  }

  #similar(): Array<{ key: string; score: number }> {
    if (this.#last === undefined || !this.#engine.has(this.#last.key)) return [];
    return this.#engine.similar(this.#last.key, { k: LISTED }).map(({ key, score }) => ({ key, score }));
  }

  /** The hashed words of a key, or those that its operation brought. */
  #vectorOf(key: string): Float32Array {
    let vector = this.#vectors.get(key);
    if (vector === undefined) {
      const tokens = tokenize(key);
      vector = this.#hasher.vector(tokens.length === 0 ? [key] : tokens);
      this.#vectors.set(key, vector);
    }
    return vector;
  }

  /** The calls that are timed, over what came lately. */
  #timedCalls(): TimedCall[] {
    const each = (calls: number, call: (recent: { stream: string; key: string }) => unknown) => {
      const recent = this.#recent.filter(({ key }) => this.#idOf.has(key));
      for (let i = 0; i < calls && recent.length > 0; i++) call(recent[i % recent.length]);
    };
    const engine = this.#engine;
    return [
      { name: "IFR", target: TARGETS.ifr, run: (calls) => each(calls, ({ key }) => engine.has(key)) },
      { name: "DSR", target: TARGETS.dsr, run: (calls) => each(calls, ({ key }) => engine.similar(key, { k: LISTED })) },
      { name: "ALM", target: TARGETS.alm, run: (calls) => each(calls, ({ key }) => engine.associate(key, { k: LISTED })) },
      { name: "CPE", target: TARGETS.cpe, run: (calls) => each(calls, ({ stream }) => engine.predict(stream, { k: LISTED })) },
      { name: "recall", target: TARGETS.recall, run: (calls) => each(calls, ({ stream }) => engine.recall({ stream }, { k: LISTED })) },
    ];
  }
}

/** @throws MfnError `ERR_ARGUMENT` for a setting that is not within its bounds, or not whole where it has to be */
function checkSetting(name: "seed" | "neurons" | "threshold" | "winners", value: number): void {
  const { least, most } = LIMITS[name];
  if (value >= least && value <= most && (name === "threshold" || Number.isInteger(value))) return;
  throw new MfnError(
    "ERR_ARGUMENT",
    `${name}: expected ${name === "threshold" ? "a number" : "an integer"} from ${least} to ${most}, got ${value}`,
  );
}
