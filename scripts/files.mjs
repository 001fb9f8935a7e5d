import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * The time of the newest file among these files and folders.
 * @param {string[]} paths
 * @returns {Promise<number>} milliseconds since the epoch
 */
export async function newest(paths) {
  let time = 0;
  for (const path of paths) {
    const info = await stat(path);
    const inside = info.isDirectory() ? await newest((await readdir(path)).map((name) => join(path, name))) : info.mtimeMs;
    time = Math.max(time, inside);
  }
  return time;
}
