// Property tests draw the same cases in every run, so that a run can be repeated; MFN_SEED=<number> draws others.
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.MFN_SEED ?? 20261120) });
