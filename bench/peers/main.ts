// The same work by this package and by public libraries: `npm run bench:peers`.
import { run } from "../run.js";

// Some peers print; nothing may come between the rows on standard output.
console.log = console.error;

process.exitCode = await run(
  {
    ifr: () => import("./ifr.js"),
    dsr: () => import("./dsr.js"),
    alm: () => import("./alm.js"),
    cpe: () => import("./cpe.js"),
    demand: () => import("./demand.js"),
  },
  process.argv.slice(2),
);
