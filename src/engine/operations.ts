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
  op: "remember";
  key: string;
  vector?: ArrayLike<number>;
  /** Anything; kept by reference on the JavaScript side. A JSON value survives a journal. */
  value?: unknown;
  links?: readonly Link[];
  at?: Milliseconds;
}

/** Something happened: the next event of a stream. */
export interface ObserveOperation {
  op: "observe";
  stream: string;
  key: string;
  at?: Milliseconds;
  /** How much of it: recorded in the demand series that has the key's name. */
  value?: number;
}

/** Two things are connected. */
export interface LinkOperation {
  op: "link";
  from: string;
  to: string;
  type?: string;
  /** Default 1. Without `reinforce` the edge's weight becomes this; with it, this is added. */
  weight?: number;
  reinforce?: boolean;
  at?: Milliseconds;
}

/** A measured amount of a named series: demand, load, a count. */
export interface RecordOperation {
  op: "record";
  series: string;
  value: number;
  at?: Milliseconds;
  /** Length of the series' steps; only looked at when the series is new. */
  interval?: Milliseconds;
}

/** A thing is removed from all four layers; its id may be given to another. */
export interface ForgetOperation {
  op: "forget";
  key: string;
}

/** What changes an engine. Equal operations, options and seed give equal bytes in the modules' memory. */
export type Operation = RememberOperation | ObserveOperation | LinkOperation | RecordOperation | ForgetOperation;
