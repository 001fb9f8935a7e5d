// Working space of one query or one row: scratch, whose addresses are kept here until the next is started.

import { scratch, scratchMore } from "../../core/arena";
import { theStore } from "../layout";
import { candidateRoom } from "./candidates";
import { floatBytes, Population } from "./layout";
import { tableBytes } from "./lookup";

/** f32[bits]: the query or row, rotated. */
export let turned: usize = 0;
/** i16[bits]: the same in units of its length / 32,767. */
export let whole: usize = 0;
/** The look-up tables. */
export let tables: usize = 0;
/** 64 bytes for a kernel to work in. */
export let spot: usize = 0;
/** f32[floatBytes / 4]: a row that is kept in another form. */
export let rowSpace: usize = 0;
/** u64 entries, room for the candidates of all neurons. */
export let winners: usize = 0;

/** Takes the working space, after what the query has taken already unless `begin`. False if there is no memory. */
export function takeWork(p: Population, begin: bool): bool {
  const bits = p.bits;
  const lists = candidateRoom(max<u32>(p.neurons, 64)) << 3;
  const row = <u32>floatBytes(theStore());
  const bytes = 64 + row + (bits << 2) + (bits << 1) + tableBytes(p) + lists;
  const at = begin ? scratch(bytes) : scratchMore(bytes);
  if (at == 0) return false;
  spot = at;
  turned = at + 64;
  whole = turned + ((<usize>bits) << 2);
  tables = whole + ((<usize>bits) << 1);
  rowSpace = tables + <usize>tableBytes(p);
  winners = rowSpace + <usize>row;
  return true;
}
