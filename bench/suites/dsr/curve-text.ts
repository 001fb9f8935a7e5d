import type { Bench } from "../../harness.js";
import { textVectors } from "../../vectors.js";
import { curve } from "./ours.js";

export default async function (b: Bench): Promise<void> {
  curve(b, textVectors());
}
