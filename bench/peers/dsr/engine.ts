// What a peer's index has to tell, so that all are measured alike.
import type { Contender } from "../../suites/dsr/curve.js";

/** An index of one set of vectors, made by a peer. */
export interface Engine {
  /** Name and version. */
  name: string;
  /** Processor time of building it, in milliseconds. */
  buildMs: number;
  /** What it asks with, from fast to thorough. */
  contenders: Contender[];
  /** Bytes of its file, rows and graph; undefined where it has none. */
  fileBytes?: number;
  /** Adds one more vector. */
  add: (id: number, vector: Float32Array) => void;
  /** The nearest id. */
  nearest: (vector: Float32Array) => number;
}

/** The parameters of all graph indexes: links a node, breadth of the search at building, and at asking, from what ten results need. */
export const LINKS = 16;
export const BUILD_BREADTH = 128;
export const BREADTHS = [10, 16, 32, 64, 128, 256, 512];
