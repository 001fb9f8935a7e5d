// Working space of the online forecaster, all of it in the window: no call for scratch, so no call that could fail.

import { WINDOW } from "../../core/arena";

/** The answer: 32 + 3 * 512 f64. */
export const ANSWER: usize = WINDOW + 16;
/** What each member says: 6 rows of 513 f64. */
export const SAID: usize = WINDOW + 13312;
/** A regression's forecasts in its own units: 513 f64. */
export const UNITS: usize = WINDOW + 38912;
/** A row of the regression: 34 f64. */
export const FEATURES: usize = WINDOW + 43264;
/** The solver's matrix: 34 * 34 f64. */
export const SOLVED: usize = WINDOW + 43776;
/** The mixture: 513 f64. */
export const MIXED: usize = WINDOW + 53248;
