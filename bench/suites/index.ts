import type { Suites } from "../run.js";

/** The suites of `npm run bench`, by name; each is loaded when it is run. */
export const suites: Suites = {
  ifr: () => import("./ifr.js"),
  dsr: () => import("./dsr.js"),
  alm: () => import("./alm.js"),
  cpe: () => import("./cpe.js"),
  flow: () => import("./flow.js"),
};
