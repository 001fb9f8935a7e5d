import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Change, readChanges } from "mfn/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { brief, failure } from "./readers-helper.js";

const haveGit = spawnSync("git", ["--version"]).status === 0;
if (!haveGit) console.log("skipped: git is not installed");

describe.skipIf(!haveGit)("the history as changes", () => {
  let root: string;
  let second = 0;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "changes-"));
    git("init", "-q", "-b", "main");
    commit({ "src/a.ts": "export const a = 1;\nexport const long = 'enough to be found again';\n", "src/b.ts": 'import "./a.js";\n' });
    commit({ "src/b.ts": 'import "./c.js";\n' });
    commit({ "src/c.ts": "export const c = 3;\n" });
    commit({ "src/b.ts": 'import "./c.js";\nimport "./a.js";\n', "note.txt": "note" });
    git("mv", "src/a.ts", "src/z.ts");
    git("rm", "-q", "note.txt");
    commit({});
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  function git(...args: string[]): void {
    const date = `2024-01-01T00:00:${String(second).padStart(2, "0")}+0000`;
    const who = { GIT_AUTHOR_NAME: "A", GIT_AUTHOR_EMAIL: "a@x.org", GIT_COMMITTER_NAME: "A", GIT_COMMITTER_EMAIL: "a@x.org" };
    const plain = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
    const env = { ...process.env, ...who, ...plain, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    execFileSync("git", ["-C", root, "-c", "commit.gpgsign=false", ...args], { env });
  }

  function commit(files: Record<string, string>): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    second++;
    git("add", "-A");
    git("commit", "-q", "-m", "change");
  }

  async function changesOf(path: string): Promise<Change[]> {
    const history = await readChanges(path);
    const all: Change[] = [];
    for await (const change of history.changes()) all.push(change);
    return all;
  }

  test("gives commits with what they left behind, links as they were then", async () => {
    const history = await readChanges(root);
    expect(history.transactions).toBe(2);
    const changes = await changesOf(root);
    expect(changes.map(({ files }) => [...files].sort())).toEqual([
      ["src/a.ts", "src/b.ts"],
      ["src/b.ts"],
      ["src/c.ts"],
      ["note.txt", "src/b.ts"],
      ["src/z.ts"],
    ]);
    expect(brief(changes[0].operations)).toEqual([
      "remember src/a.ts +vector",
      "remember src/b.ts +vector ->src/a.ts",
      "link co-change src/a.ts -> src/b.ts += 1.000",
      "link co-change src/b.ts -> src/a.ts += 1.000",
    ]);
    // src/c.ts comes a commit later: nobody can know of it yet.
    expect(brief(changes[1].operations)).toEqual(["remember src/b.ts +vector"]);
    expect(brief(changes[3].operations).filter((line) => line.startsWith("remember src/b.ts"))).toEqual([
      "remember src/b.ts +vector ->src/c.ts ->src/a.ts",
    ]);
    expect(brief(changes[4].operations)).toEqual(["remember src/z.ts +vector", "link renamed src/a.ts -> src/z.ts = 1.000"]);
    expect(changes.map(({ at }) => at)).toEqual([1, 2, 3, 4, 5].map((s) => Date.UTC(2024, 0, 1, 0, 0, s)));
  });

  test("what came later changes nothing of what was before", async () => {
    const before = await changesOf(root);
    commit({ "src/later.ts": 'import "./c.js";\n', "src/c.ts": "export const later = 4;\n" });
    expect((await changesOf(root)).slice(0, before.length)).toEqual(before);
  });

  test("a folder of a repository is a history of its own", async () => {
    for (const { files, operations } of await changesOf(join(root, "src"))) {
      for (const file of files) expect(file).toMatch(/^[a-z]+\.ts$/);
      for (const line of brief(operations)) expect(line).not.toContain("src/");
    }
  });

  test("what has no history is ERR_INPUT", async () => {
    const empty = mkdtempSync(join(tmpdir(), "changes-none-"));
    expect(await failure(readChanges(empty))).toMatchObject({ code: "ERR_INPUT" });
    expect(await failure(readChanges(join(empty, "none")))).toMatchObject({ code: "ERR_INPUT" });
    writeFileSync(join(empty, "file"), "");
    expect(await failure(readChanges(join(empty, "file")))).toMatchObject({ code: "ERR_INPUT" });
    rmSync(empty, { recursive: true });
  });
});
