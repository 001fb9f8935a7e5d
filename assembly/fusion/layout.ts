// What the fusion knows, and where it lies.
//
//   STATE   +0     f32 weights[15][24]   of the linear part: a row a grade of sureness (5), a length of history (9), one shared
//           +1440  f32 squares[15][24]   sums of their squared gradients, from 1
//           +2880  f32 inward[40][16]    into the hidden units: a row a column (24), then one a number of the context (16)
//           +5440  f32 squares[40][16]
//           +8000  f32 outward[16]       from the hidden units
//           +8064  f32 squares[16]
//           +8128  f64 averages[56]      running means that the facade keeps: see src/engine/fusion.ts
//           +8576  u8  needs[24]         of each column: the bits that a mask must have for it to count
//
//   WINDOW  +0     f32 context[16]       of the call
//           +64    f32 linear[24]        weights of this situation, 0 for columns that do not count
//           +160   f32 bias[16]          of the hidden units in this situation
//           +224   u8  columns[24]       those that count
//           +1024  gradients, in the order of the state: linear[24], inward[40][16], outward[16]
//
//   SCRATCH one row of 176 bytes a candidate:
//           +0     f32 features[24]
//           +96    f64 share             score, then its share of the probability
//           +104   u32 named             bits of the layers that named it, or of depth: of a mask, one must be in it
//           +112   f32 hidden[16]        what the hidden units made of it

import { STATE, WINDOW } from "../core/arena";

export const COLUMNS: usize = 24;
export const HIDDEN: usize = 16;
export const CONTEXT: usize = 16;
export const SURENESSES: usize = 5;
export const LENGTHS: usize = 9;
/** The row of weights that all situations share. */
export const SHARED: usize = SURENESSES + LENGTHS;

/** Bytes of a row of columns, and of one of hidden units. */
export const COLUMN_BYTES: usize = COLUMNS * 4;
export const HIDDEN_BYTES: usize = HIDDEN * 4;

export const WEIGHTS: usize = STATE;
export const WEIGHTS_SQUARES: usize = WEIGHTS + (SHARED + 1) * COLUMN_BYTES;
export const INWARD: usize = WEIGHTS_SQUARES + (SHARED + 1) * COLUMN_BYTES;
export const INWARD_BYTES: usize = (COLUMNS + CONTEXT) * HIDDEN_BYTES;
export const INWARD_SQUARES: usize = INWARD + INWARD_BYTES;
export const OUTWARD: usize = INWARD_SQUARES + INWARD_BYTES;
export const OUTWARD_SQUARES: usize = OUTWARD + HIDDEN_BYTES;
export const AVERAGES: usize = OUTWARD_SQUARES + HIDDEN_BYTES;
export const NEEDS: usize = AVERAGES + 448;
export const STATE_BYTES: u32 = 8608;

export const THE_CONTEXT: usize = WINDOW;
export const LINEAR: usize = WINDOW + 64;
export const BIAS: usize = LINEAR + COLUMN_BYTES;
export const COUNTED: usize = BIAS + HIDDEN_BYTES;
export const GRADIENTS: usize = WINDOW + 1024;
export const GRADIENT_INWARD: usize = GRADIENTS + COLUMN_BYTES;
export const GRADIENT_OUTWARD: usize = GRADIENT_INWARD + INWARD_BYTES;

export const ROW_BYTES: usize = 176;
export const SHARE: usize = 96;
export const NAMED: usize = 104;
export const UNITS: usize = 112;

/** The layer whose sureness grades the situations. */
export const CPE_BIT: u32 = 8;
