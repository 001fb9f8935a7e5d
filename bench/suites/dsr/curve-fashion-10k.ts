import type { Bench } from "../../harness.js";
import { fashionMnist } from "../../vectors.js";
import { curve } from "./ours.js";

export default async function (b: Bench): Promise<void> {
  curve(b, fashionMnist(10_000));
}
