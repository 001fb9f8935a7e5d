import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const bin = join(root, "node_modules/.bin");

/**
 * Runs a command of the project in its root, its output going to ours.
 * @param {string} command a program of node_modules/.bin, or "node" or "npm"
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env] besides our own environment
 * @returns {Promise<number>} the exit code
 */
export function run(command, args, env = {}) {
  const program = command === "node" ? process.execPath : command === "npm" ? "npm" : join(bin, command);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...env } });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
