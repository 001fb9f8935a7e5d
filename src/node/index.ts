// mfn/node: what needs Node. Reading real input, learning from it, and scoring what was learned.

export {
  type EvaluateOptions,
  enginePredictor,
  evaluate,
  FirstOrderMarkov,
  LastCoOccurring,
  mostPopular,
  type Predictor,
  type Score,
} from "./evaluate.js";
export { type LearnOptions, type LearnReport, learn } from "./learn.js";
export * from "./readers/index.js";
export { fileSource } from "./snapshot.js";
