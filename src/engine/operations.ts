import type { Milliseconds } from "../types.js";

/** A directed, typed, weighted edge from the thing that is remembered to another, by key. */
export interface Link {
  /** Key of the thing it leads to. A key not yet known gets an id, without a vector or value. */
  to: string;
  /** Name of the edge's type; default "link". An engine knows up to 256 of them. */
  type?: string;
  /** Strength of the association, > 0; default 1. */
  weight?: number;
}

/** A thing gets, or renews, its vector, value and links; what is left out stays as it was. */
export interface RememberOperation {
  /** Tells the operations apart. */
  op: "remember";
  /** The thing; one that is not known yet gets an id. */
  key: string;
  /** What it is like: `dimensions` finite numbers. */
  vector?: ArrayLike<number>;
  /** Anything; kept by reference on the JavaScript side. A JSON value survives a journal. */
  value?: unknown;
  /** Edges from it; one that is there already gets the new weight. */
  links?: readonly Link[];
  /** When; default: the engine's clock. */
  at?: Milliseconds;
}

/** Something happened: the next event of a stream. */
export interface ObserveOperation {
  /** Tells the operations apart. */
  op: "observe";
  /** Name of the stream: a session, a user, a process. */
  stream: string;
  /** What happened; a thing that is not known yet gets an id. */
  key: string;
  /** When; default: the engine's clock. */
  at?: Milliseconds;
  /** How much of it: recorded in the demand series that has the key's name. */
  value?: number;
}

/** Two things are connected. */
export interface LinkOperation {
  /** Tells the operations apart. */
  op: "link";
  /** Key of the thing it leaves. */
  from: string;
  /** Key of the thing it leads to. */
  to: string;
  /** Name of the edge's type; default "link". An engine knows up to 256 of them. */
  type?: string;
  /** Default 1. Without `reinforce` the edge's weight becomes this; with it, this is added. */
  weight?: number;
  /** Whether the weight is added to the edge's own; default false. */
  reinforce?: boolean;
  /** When; default: the engine's clock. */
  at?: Milliseconds;
}

/** A measured amount of a named series: demand, load, a count. */
export interface RecordOperation {
  /** Tells the operations apart. */
  op: "record";
  /** Name of the series. */
  series: string;
  /** How much; at most 1e100 in size. */
  value: number;
  /** When; default: the engine's clock. */
  at?: Milliseconds;
  /** Length of the series' steps; only looked at when the series is new. */
  interval?: Milliseconds;
}

/** A thing is removed from all four layers; its id may be given to another. */
export interface ForgetOperation {
  /** Tells the operations apart. */
  op: "forget";
  /** The thing to remove. */
  key: string;
}

/** What changes an engine. Equal operations, options and seed give equal bytes in the modules' memory. */
export type Operation = RememberOperation | ObserveOperation | LinkOperation | RecordOperation | ForgetOperation;
