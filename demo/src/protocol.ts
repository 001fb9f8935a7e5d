// What the page and the worker say to each other, and what a link holds. Everything the page draws comes in a Frame.

/** Something that the visitor did to a run, after so many events: replayed from a link at the same place. */
export type Action =
  /** Strange events are put into the stream. */
  | { at: number; kind: "anomaly" }
  /** A node of the graph is removed: the engine forgets the thing. */
  | { at: number; kind: "remove"; key: string }
  /** The reservoir is made anew with so many neurons, this threshold in mV, or so many winners a step. */
  | { at: number; kind: "neurons" | "threshold" | "winners"; value: number };

/** All that a run depends on: equal runs give equal frames (times apart). */
export interface Run {
  /** Seed of the sample data, the engine and the reservoir: 0 to 2^32 - 1. */
  seed: number;
  /** The seeded sample, or data that the visitor brought. */
  source: "sample" | "own";
  /** Name and text of the visitor's data. A link holds it, compressed, where it is short enough. */
  data?: { name: string; text: string };
  /** At the beginning, as the two after it: actions change them; `settingsOf` of run.ts says what holds at the position. */
  neurons: number;
  /** In mV. */
  threshold: number;
  /** Most neurons that fire in a step. */
  winners: number;
  /** Events that the run has come to, injected ones included. */
  position: number;
  /** By rising `at`; those beyond the position are still to come. */
  actions: Action[];
}

/** From the page. */
export type Command =
  | { type: "open"; run: Run }
  /** Goes on, at about so many events a second. */
  | { type: "play"; rate: number }
  | { type: "pause" }
  /** So many events, then pause. */
  | { type: "step"; events: number }
  /** Replays the run up to there, then pause. */
  | { type: "seek"; position: number }
  | { type: "act"; action: Action extends infer A ? (A extends { at: number } ? Omit<A, "at"> : never) : never }
  /** A question in free words, or a key. */
  | { type: "ask"; text: string }
  /** The visitor's data: CSV, NDJSON or an access log, found out by its content. A new run starts. */
  | { type: "data"; name: string; text: string }
  /** The page is about to draw the last frame, and ready for another: none is sent before. */
  | { type: "drawn" };

/** One event of the stream, as it was seen. */
export interface EventRow {
  /** Its number in the run, from 0. */
  n: number;
  stream: string;
  key: string;
  at: number;
  /** In bits, by the sequence model before it learned the event. */
  surprise: number;
  /** Where the engine's fused ranking had it, from 1; 0 if it was not ranked. */
  rank: number;
  /** Whether an anomaly action put it in. */
  injected: boolean;
}

export interface IfrFrame {
  /** The filter's bits, block by block (32 bytes each), packed 8 a byte, lowest first; the whole filter. A full one gives way to one of twice the size. */
  bits: Uint8Array;
  setBits: number;
  totalBits: number;
  /** Names in the filter: keys of things, and names of streams. */
  keys: number;
  /** Strangers asked of late (8,192 at most, of this filter, as it fills meanwhile), and how many of them the filter took for known. */
  strangers: number;
  falsePositives: number;
  /** The rate that the filter's load predicts. */
  predictedRate: number;
  /** Of the events: whose key was new, and known. */
  fresh: number;
  known: number;
}

export interface DsrFrame {
  neurons: number;
  threshold: number;
  /** Steps since the frame before; `ids` of the neurons that fired, step by step: step s has ids[offsets[s]] to ids[offsets[s + 1] - 1]. */
  steps: number;
  offsets: Uint32Array;
  ids: Uint16Array;
  /** Membrane potentials by neuron, in mV. */
  potentials: Float32Array;
  /** Which neurons won the last competition, by falling overshoot or by id. */
  winners: Uint16Array;
  /** Things most like the last event's, with their similarity. */
  similar: Array<{ key: string; score: number }>;
}

/** A node's place in [0, 1] x [0, 1]. */
export interface GraphNode {
  key: string;
  x: number;
  y: number;
}

export interface AlmFrame {
  /** Rises when nodes or edges change; they are sent only then. */
  version: number;
  nodes?: GraphNode[];
  /** Pairs of indices into nodes, and a weight each. */
  edges?: { pairs: Uint16Array; weights: Float32Array };
  /** Activation by node after spreading from the last event, 0 to 1. */
  activation: Float32Array;
  /**
   * Indices of the nodes of the chosen route, from the last event to the thing best associated with it over more than one edge, or else over
   * one; empty if there is none.
   */
  route: number[];
  /** Its explanation, edge by edge. */
  steps: Array<{ from: string; to: string; type: string; weight: number }>;
}

export interface CpeFrame {
  /** The stream that the predictions are for. */
  stream: string;
  /** What was predicted for the last event, before it came: the fused ranking with probabilities. */
  predicted: Array<{ key: string; probability: number }>;
  /** What came. */
  came: string | undefined;
  /** What is predicted next in that stream. */
  next: Array<{ key: string; probability: number }>;
  /** Share of events first, and among the first five, of all so far; beside a naive forecast: the most frequent follower of the last key (first-order Markov). */
  ours: { hitAt1: number; hitAt5: number };
  naive: { hitAt1: number; hitAt5: number };
  scored: number;
  /** Running accuracy (hit@5) of the last 200 events, sampled along the run: ours and naive. */
  history: { ours: Float32Array; naive: Float32Array };
  /** Demand of the whole stream by step of time: what was, and what is expected with its band. */
  demand:
    | {
        /** Length of a step in milliseconds, and the time of the first value. */
        interval: number;
        from: number;
        /** Of the steps that are over, 96 at most. `mean`, `lower` and `upper` have 12 elements more, for the open step and those to come. An element of a
         * step that is over is what was expected before it began; NaN where nothing was. */
        values: Float32Array;
        mean: Float32Array;
        lower: Float32Array;
        upper: Float32Array;
        /** Probability that the band should hold. */
        coverage: number;
      }
    | undefined;
}

/** Times of one kind of call, each sample a batch of calls divided by their number. */
export interface LatencyRow {
  name: string;
  /** Calls a sample. */
  batch: number;
  /** Counts by bin; bin i holds times from edges[i] to edges[i + 1], in microseconds. */
  counts: Uint32Array;
  p50: number;
  p99: number;
  /** In microseconds: the goal that is drawn in. */
  target: number;
}

export interface Frame {
  /** Rises by one a frame. */
  number: number;
  position: number;
  /** Events of the source; undefined for a generator without end. */
  total: number | undefined;
  playing: boolean;
  /** Since the frame before, newest last; at most 64. */
  events: EventRow[];
  ifr: IfrFrame;
  dsr: DsrFrame;
  alm: AlmFrame;
  cpe: CpeFrame;
  latency: { edges: Float32Array; rows: LatencyRow[] };
}

/** An answer with its evidence in words. */
export interface AnswerRow {
  key: string;
  /** That it comes next, or is what was asked for; undefined where the question was words. */
  probability?: number;
  /** To the words of the question, 1 at most. */
  similarity?: number;
  /** One sentence a layer that had something to say; `contribution` in nats where the layers' evidence was fused. */
  why: Array<{ layer: "ifr" | "dsr" | "alm" | "cpe"; contribution?: number; text: string }>;
}

/** From the worker. */
export type Message =
  /** The run is open and has been replayed to its position. On the way there are frames too. */
  | { type: "opened"; run: Run; note?: string }
  | { type: "frame"; frame: Frame; run: Omit<Run, "data"> }
  | { type: "answer"; text: string; rows: AnswerRow[]; elapsed: number; escape?: number }
  /** What was read of the visitor's data. */
  | { type: "read"; name: string; format: string; events: number; malformed: number; first?: string }
  | { type: "failed"; code: string; message: string };
