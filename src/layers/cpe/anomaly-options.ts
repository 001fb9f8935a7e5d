import { checkNumber } from "../../wasm/kernel.js";

/** Checks an allowed rate of false alarms, an observation. */
export function checkRate(rate: number): number {
  return checkNumber("falseAlarmRate", rate, 1e-12, 0.5);
}
