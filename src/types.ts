/** A dense id that IFR gave a key: an integer in [0, 2^31). The other layers index their columns by it. */
export type ItemId = number;
/** A length or size in bytes. */
export type Bytes = number;
/** A duration or a point in time, in milliseconds (points count from the Unix epoch unless a caller chose otherwise). */
export type Milliseconds = number;
/** An amount of information, in bits. */
export type Bits = number;
/** A probability in [0, 1]. */
export type Probability = number;
/** Names one stream of events in CPE: an integer in [0, 2^31). */
export type StreamId = number;
/** Names one numeric series in CPE: an integer in [0, 2^31). */
export type SeriesId = number;
