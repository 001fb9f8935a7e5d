// BMS: clicks of web sessions (KDD Cup 2000), as the sequence sets of IPredict have them.
import { dataFile } from "./files.js";

/** Clicks by session, in the order of the file, items numbered from 0, sessions of more than `longer`; undefined if the set is not here. */
export function bmsSessions(longer: number): number[][] | undefined {
  const file = dataFile("sequences/ipredict_BMS.dat.gz");
  if (file === undefined) return undefined;
  const sessions = new Map<string, number[]>();
  const numbers = new Map<string, number>();
  for (const line of new TextDecoder().decode(file).split("\n")) {
    const [session, item] = line.trim().split(/\s+/);
    if (item === undefined) continue;
    if (!numbers.has(item)) numbers.set(item, numbers.size);
    const clicks = sessions.get(session) ?? [];
    sessions.set(session, clicks);
    clicks.push(numbers.get(item) as number);
  }
  return [...sessions.values()].filter((clicks) => clicks.length > longer);
}
