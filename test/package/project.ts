import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { built, root } from "./built.js";

const run = promisify(execFile);
const shell = process.platform === "win32";

/** A new project that has the package as npm would publish and install it. No network is needed. */
export class Project {
  /** Its folder. */
  readonly path = mkdtempSync(join(tmpdir(), "mfn-project-"));
  /** The installed package. */
  readonly package = join(this.path, "node_modules/mfn");

  async install(): Promise<void> {
    built("index.js");
    const quiet = ["--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"];
    const packed = join(this.path, "packed");
    await run("npm", ["pack", ...quiet, root, "--pack-destination", this.path], { cwd: this.path, shell });
    const tarball = readdirSync(this.path).find((name) => name.endsWith(".tgz"));
    if (tarball === undefined) throw new Error(`npm pack left nothing in ${packed}`);
    this.file("package.json", '{ "name": "consumer", "private": true, "type": "module" }');
    await run("npm", ["install", ...quiet, "--offline", `./${tarball}`], { cwd: this.path, shell });
  }

  /** Writes a file and says where. */
  file(name: string, content: string): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  /** Runs a file of the project with this Node. (The flag: Node may hang when it ends while other threads wait for a collection.) */
  node(file: string, args: readonly string[] = []): Promise<{ stdout: string; stderr: string }> {
    return run(process.execPath, ["--single-threaded-gc", file, ...args], { cwd: this.path });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
