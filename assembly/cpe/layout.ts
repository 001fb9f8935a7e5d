// Where things lie in the memory of the CPE module. It holds two machines that share one image and nothing else: the event
// model (which event comes next in a stream) and the demand forecaster (how much of a thing there will be).
//
//   STATE +0     header of the event model     512 bytes   (events/layout.ts)
//         +512   header of the demand part     512 bytes   (demand/)
//         +1024  blocks of `alloc`, of both

import { STATE } from "../core/arena";

/** Address of the event model's header. */
export const EVENTS: usize = STATE;
/** Bytes of the event model's header. */
const EVENTS_BYTES: u32 = 512;
/** Address of the demand part's header. */
export const DEMAND: usize = STATE + EVENTS_BYTES;
/** Bytes of the demand part's header. */
const DEMAND_BYTES: u32 = 512;
/** Bytes of the layer's header: what `arenaInit` reserves at STATE. */
export const HEADER_BYTES: u32 = EVENTS_BYTES + DEMAND_BYTES;
