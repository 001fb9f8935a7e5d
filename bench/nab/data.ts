// The files of the Numenta Anomaly Benchmark whose labels are here; needs Node.
import { dataFile } from "../files.js";
import type { NabSeries } from "./score.js";

const folder = "nab";

/** All files with labels, by name; undefined if the data set is not here. */
export function nabSeries(): NabSeries[] | undefined {
  const labels = json<Record<string, [string, string][]>>("labels/combined_windows.json");
  if (labels === undefined) return undefined;
  return Object.keys(labels)
    .sort()
    .map((name) => {
      const file = dataFile(`${folder}/data/${name}.gz`);
      if (file === undefined) throw new Error(`${name} has labels but no data`);
      const rows = text(file)
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.trim().split(","));
      return {
        name,
        times: rows.map(([time]) => time),
        values: Float64Array.from(rows, ([, value]) => Number(value)),
        windows: labels[name].map(([from, to]) => [second(from), second(to)]),
      };
    });
}

/** The published scores of other detectors, on all 58 files, by detector and profile; undefined if they are not here. */
export function nabPublished(): Record<string, Record<string, number>> | undefined {
  return json("final_results.json");
}

function json<T>(name: string): T | undefined {
  const file = dataFile(`${folder}/${name}`);
  return file === undefined ? undefined : (JSON.parse(text(file)) as T);
}

/** A time of the labels as the data have it. */
function second(time: string): string {
  return time.replace(/\.0+$/, "");
}

function text(file: Uint8Array): string {
  return new TextDecoder().decode(file);
}
