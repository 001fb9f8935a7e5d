/**
 * What needs Node. Reading real input, learning from it, and scoring what was learned.
 *
 * @module
 */

export { AssociationRules, FirstOrderMarkov, LastCoOccurring, mostPopular } from "./baselines.js";
export { type CoChangeScore, evaluateCoChange } from "./co-change.js";
export { type EvaluateOptions, enginePredictor, engines, evaluate, type NamedEngine, type Predictor, type Suggester } from "./evaluate.js";
export { type LearnOptions, type LearnReport, learn } from "./learn.js";
export * from "./readers/index.js";
export { type Calibration, calibrate, type Prediction, type ReliabilityBin, type Score, ScoreSum } from "./scores.js";
export { fileSource } from "./snapshot.js";
