// The demand forecaster of layer 4.

/** Starts the demand part: its header is zero. */
export function demandInit(): bool {
  return true;
}
