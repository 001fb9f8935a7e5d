// What only the forecaster's full module has. The lean module never calls `beFull`, so that `full` is a constant there and all
// that depends on it falls away. Files of the full module alone hold no tables: data would stay in the lean one.

export let full: bool = false;

/** Says that this is the full module. */
export function beFull(): void {
  full = true;
}
