// The same work by this package and by public libraries: `npm run bench:peers`.
import { run } from "../run.js";

process.exitCode = await run(
  {
    ifr: () => import("./ifr.js"),
    "ifr-cache": () => import("./ifr-cache.js"),
    "ifr-filters": () => import("./ifr-filters.js"),
    dsr: () => import("./dsr.js"),
    alm: () => import("./alm.js"),
    cpe: () => import("./cpe.js"),
    demand: () => import("./demand.js"),
  },
  process.argv.slice(2),
);
