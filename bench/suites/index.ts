import type { SuiteModule, Suites } from "../run.js";

const names = ["ifr", "dsr", "alm", "cpe", "demand", "flow"];

/** The suites of `npm run bench`, by name. */
export const suites: Suites = Object.fromEntries(names.map((name) => [name, () => import(`./${name}.ts`) as Promise<SuiteModule>]));
