import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Operation } from "mfn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFiles, readFiles } from "../../src/node/readers/files.js";
import { GitRun, readBlobs, splitNul } from "../../src/node/readers/git-process.js";
import { readGit } from "../../src/node/readers/index.js";
import { newReport } from "../../src/node/readers/report.js";
import { brief, failure, take } from "./readers-helper.js";

const haveGit = spawnSync("git", ["--version"]).status === 0;
if (!haveGit) console.log("skipped: git is not installed");

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "readers-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(folder: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** A repository to be filled, with authors and times as given. */
class Repository {
  readonly path: string;

  constructor(name: string) {
    this.path = join(root, name);
    mkdirSync(this.path);
    this.git("init", "-q", "-b", "main");
  }

  git(...args: string[]): string {
    return this.at("2024-01-01T00:00:00Z", "Nobody", "nobody@example.org", ...args);
  }

  at(time: string, name: string, email: string, ...args: string[]): string {
    const date = `${time} +0000`.replace(/Z \+0000$/, "+0000");
    const env = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
    return execFileSync("git", ["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false", "-C", this.path, ...args], {
      env: {
        ...process.env,
        ...env,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: date,
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_NOSYSTEM: "1",
      },
      encoding: "utf8",
    });
  }

  commit(time: string, author: string, change: () => void): void {
    change();
    this.git("add", "-A");
    this.at(time, author, `${author}@Example.ORG`, "commit", "-q", "--allow-empty", "-m", "change");
  }

  write(path: string, content: string | Buffer): void {
    write(this.path, path, content);
  }
}

/** Operations after the files were remembered. */
const history = (operations: Operation[]) => brief(operations).filter((line) => !line.startsWith("remember"));

const long = "export const value = 1;\nexport const other = 2;\nexport function three() {}\n";

describe.skipIf(!haveGit)("readGit", () => {
  let repository: Repository;

  beforeAll(() => {
    repository = new Repository("main");
    const { path } = repository;
    repository.commit("2024-03-01T10:00:00Z", "Ann", () => {
      repository.write("src/a.ts", long);
      repository.write("src/b.ts", 'import { value } from "./a.js";\n');
    });
    repository.commit("2024-03-01T12:00:00Z", "Bob", () => {
      repository.write("we ird\nnäme.txt", "x");
      repository.write("picture.png", Buffer.from([137, 80, 78, 71, 0, 1, 2]));
      repository.write("big.txt", "word ".repeat(60_000));
      repository.write("gone.txt", "soon gone");
      symlinkSync("src/a.ts", join(path, "linked"));
    });
    repository.commit("2024-03-04T09:00:00Z", "Ann", () => {
      mkdirSync(join(path, "lib"));
      repository.git("mv", "src/a.ts", "lib/a.ts");
      repository.write("src/b.ts", 'import { value } from "../lib/a.js";\n');
      unlinkSync(join(path, "gone.txt"));
    });
    // A branch with a merge, and a clock that runs behind.
    repository.git("checkout", "-q", "-b", "side");
    repository.commit("2024-03-04T10:00:00Z", "Cy", () => repository.write("side.txt", "side"));
    repository.git("checkout", "-q", "main");
    repository.commit("2024-03-03T09:00:00Z", "Bob", () => repository.write("src/c.py", "import os\n"));
    repository.at("2024-03-05T09:00:00Z", "Ann", "Ann@Example.ORG", "merge", "-q", "--no-ff", "-m", "merge", "side");
    repository.commit("2024-03-05T10:00:00Z", "Ann", () => {});
  });

  it("files at HEAD first, then the history from the oldest commit", async () => {
    const reader = readGit(repository.path);
    const operations = await take(reader);
    const remembered = operations.filter(({ op }) => op === "remember");
    expect(operations.slice(0, remembered.length)).toEqual(remembered);
    expect(brief(remembered)).toEqual([
      "remember big.txt +vector",
      "remember lib/a.ts +vector",
      "remember linked +vector",
      "remember picture.png +vector",
      "remember side.txt +vector",
      "remember src/b.ts +vector ->lib/a.ts",
      "remember src/c.py +vector",
      "remember we ird\nnäme.txt +vector",
    ]);
    expect(new Set(remembered.map((operation) => ("at" in operation ? operation.at : 0)))).toEqual(
      new Set([Date.parse("2024-03-01T10:00:00Z")]),
    );
    const ann = "Ann <ann@example.org>";
    const bob = "Bob <bob@example.org>";
    const lines = history(operations);
    expect(lines.filter((line) => !line.includes("co-change"))).toEqual([
      `observe ${ann}: src/a.ts`,
      `observe ${ann}: src/b.ts`,
      `observe ${bob}: big.txt`,
      `observe ${bob}: gone.txt`,
      `observe ${bob}: linked`,
      `observe ${bob}: picture.png`,
      `observe ${bob}: we ird\nnäme.txt`,
      "record commits 2024-03-01T00:00:00.000Z 2",
      "record commits 2024-03-02T00:00:00.000Z 0",
      "record commits 2024-03-03T00:00:00.000Z 0",
      `observe ${ann}: gone.txt`,
      "link renamed src/a.ts -> lib/a.ts = 1.000",
      `observe ${ann}: lib/a.ts`,
      `observe ${ann}: src/b.ts`,
      `observe ${bob}: src/c.py`,
      "observe Cy <cy@example.org>: side.txt",
      "record commits 2024-03-04T00:00:00.000Z 3",
      "record commits 2024-03-05T00:00:00.000Z 1",
    ]);
    expect(lines.filter((line) => line.includes("co-change")).length).toBe(2 + 5 * 4 + 2);
    expect(lines).toContain("link co-change src/a.ts -> src/b.ts += 1.000");
    expect(lines).toContain("link co-change big.txt -> gone.txt += 0.250");
    expect(lines).toContain("link co-change src/b.ts -> lib/a.ts += 1.000");
    // Bob's clock was a day behind Ann's commit, which his came after.
    const late = operations.find((operation) => operation.op === "observe" && operation.key === "src/c.py");
    expect(late).toMatchObject({ at: Date.parse("2024-03-04T09:00:00Z") });
    expect(reader.report).toEqual({
      format: "git",
      lines: 6,
      operations: operations.length,
      malformed: [],
      malformedCount: 0,
      notes: ["6 commits by 3 authors, 8 files at HEAD"],
    });
  });

  it("equal input gives equal operations, whatever the user's settings are", async () => {
    const expected = await take(readGit(repository.path));
    for (const [name, value] of [
      ["log.showSignature", "true"],
      ["log.showRoot", "false"],
      ["diff.renames", "false"],
      ["color.ui", "always"],
      ["core.quotePath", "true"],
      ["log.decorate", "full"],
      ["diff.noprefix", "true"],
    ]) {
      repository.git("config", name, value);
    }
    // As in a hook, where these lead elsewhere.
    process.env["GIT_DIR"] = join(root, "elsewhere");
    try {
      expect(await take(readGit(repository.path))).toEqual(expected);
    } finally {
      delete process.env["GIT_DIR"];
    }
    // The work tree is not looked at.
    repository.write("src/b.ts", "changed");
    repository.write("untracked.ts", "new");
    expect(await take(readGit(repository.path))).toEqual(expected);
    const bare = join(root, "bare.git");
    repository.git("clone", "-q", "--bare", repository.path, bare);
    expect(await take(readGit(bare))).toEqual(expected);
  });

  it("a folder of a repository: its files and what touched them, by paths from there", async () => {
    const lines = brief(await take(readGit(join(repository.path, "src"))));
    expect(lines.filter((line) => line.startsWith("remember"))).toEqual(["remember b.ts +vector", "remember c.py +vector"]);
    expect(lines).toContain("observe Ann <ann@example.org>: a.ts");
    expect(lines.join()).not.toContain("src/");
    // Tracked by nobody: a folder like any other.
    mkdirSync(join(repository.path, "ignored"));
    write(repository.path, "ignored/x.txt", "x");
    const reader = readGit(join(repository.path, "ignored"));
    expect(brief(await take(reader))).toEqual(["remember x.txt +vector", "observe .: x.txt"]);
    expect(reader.report.notes[0]).toBe("no git history (git tracks no file of it): every file once, by path");
  });

  it("maxCommits and since", async () => {
    const newest = readGit(repository.path, { maxCommits: 2 });
    const lines = history(await take(newest));
    expect(newest.report.lines).toBe(2);
    expect(lines).toContain("observe Cy <cy@example.org>: side.txt");
    expect(lines.join()).not.toContain("src/a.ts");
    const recent = readGit(repository.path, { since: "2024-03-05T00:00:00Z" });
    expect(history(await take(recent))).toEqual(["record commits 2024-03-05T00:00:00.000Z 1"]);
    const none = readGit(repository.path, { maxCommits: 0 });
    const operations = await take(none);
    expect(history(operations)).toEqual([]);
    expect(operations).toHaveLength(8);
    expect(operations[0]).toMatchObject({ at: Date.parse("2024-03-05T10:00:00Z") });
    expect(none.report.notes).toEqual(["0 commits by 0 authors, 8 files at HEAD"]);
    for (const maxCommits of [-1, 1.5, Number.NaN]) {
      expect(() => readGit(repository.path, { maxCommits })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    }
  });

  it("vectors: files with like words are near, dimensions and seed as asked, 0 for none", async () => {
    const some = await take(readGit(repository.path, { dimensions: 32 }));
    expect(some[0]).toMatchObject({ vector: expect.objectContaining({ length: 32 }) });
    expect(await take(readGit(repository.path, { dimensions: 32, hashSeed: 1 }))).not.toEqual(some);
    const none = await take(readGit(repository.path, { dimensions: 0 }));
    expect(none.some((operation) => "vector" in operation)).toBe(false);
    expect(brief(none)).toContain("remember src/b.ts ->lib/a.ts");
  });

  it("large commits are observed without co-change; a deleted file has none", async () => {
    const many = new Repository("many");
    many.commit("2024-01-01T00:00:00Z", "A", () => {
      for (let i = 0; i < 31; i++) many.write(`f${i}.txt`, `content ${i} of ${i * i}`);
    });
    many.commit("2024-01-01T01:00:00Z", "A", () => {
      for (let i = 1; i < 31; i++) many.write(`f${i}.txt`, `other words ${i}`);
      unlinkSync(join(many.path, "f0.txt"));
    });
    const lines = history(await take(readGit(many.path)));
    expect(lines.filter((line) => line.startsWith("observe"))).toHaveLength(62);
    const links = lines.filter((line) => line.includes("co-change"));
    expect(links).toHaveLength(30 * 29);
    expect(links.join()).not.toContain("f0.txt");
  });

  it("a shallow clone says so; a mailmap is followed", async () => {
    const shallow = join(root, "shallow");
    repository.git("clone", "-q", "--depth", "1", `file://${repository.path}`, shallow);
    const reader = readGit(shallow);
    await take(reader);
    expect(reader.report.notes[0]).toBe("a shallow clone: its history is cut off");
    const mapped = new Repository("mapped");
    mapped.commit("2024-01-01T00:00:00Z", "old", () => mapped.write(".mailmap", "New Name <New@example.org> <old@example.org>\n"));
    expect(history(await take(readGit(mapped.path)))[0]).toBe("observe New Name <new@example.org>: .mailmap");
  });

  it("Go modules, submodules, gaps of years", async () => {
    const mixed = new Repository("mixed");
    mixed.commit("2000-01-01T00:00:00Z", "A", () => {
      mixed.write("go.mod", "module example.org/app\n");
      mixed.write("main.go", 'package main\nimport "example.org/app/db"\n');
      mixed.write("db/db.go", "package db\n");
      mixed.write("sub/go.mod", "module other\n");
    });
    mixed.git("update-index", "--add", "--cacheinfo", "160000,1234567890123456789012345678901234567890,module");
    mixed.at("2020-01-01T00:00:00Z", "A", "a@b.c", "commit", "-q", "-m", "submodule");
    const reader = readGit(mixed.path);
    const lines = brief(await take(reader));
    expect(lines).toContain("remember main.go +vector ->db/db.go");
    expect(lines).not.toContain("remember module +vector");
    expect(lines.filter((line) => line.startsWith("record"))).toHaveLength(2 + 4096);
    expect(reader.report.notes[1]).toMatch(/^\d+ days without commits not recorded/);
  });

  it("an empty repository, or one that git refuses, is a folder", async () => {
    const empty = new Repository("empty");
    empty.write("b/x.js", 'import "./y.js"');
    empty.write("b/y.js", "");
    empty.write("a.txt", "hello");
    const reader = readGit(empty.path);
    expect(brief(await take(reader))).toEqual([
      "remember a.txt +vector",
      "observe .: a.txt",
      "remember b/x.js +vector ->b/y.js",
      "observe b: b/x.js",
      "remember b/y.js +vector",
      "observe b: b/y.js",
    ]);
    expect(reader.report.notes[0]).toMatch(/^no git history \(git rev-parse: fatal: /);
  });

  it("a damaged repository is ERR_INPUT", async () => {
    const damaged = new Repository("damaged");
    damaged.commit("2024-01-01T00:00:00Z", "A", () => damaged.write("a.txt", "a"));
    const tree = damaged.git("rev-parse", "HEAD^{tree}").trim();
    rmSync(join(damaged.path, ".git/objects", tree.slice(0, 2), tree.slice(2)));
    expect(await failure(take(readGit(damaged.path)))).toMatchObject({
      code: "ERR_INPUT",
      message: expect.stringMatching(/^git ls-tree: /),
    });
  });

  it("a missing object is known by its path", async () => {
    const blobs: Array<[string, string | undefined]> = [];
    const object = repository.git("rev-parse", "HEAD:lib/a.ts").trim();
    const wanted = ["0".repeat(40), object, "1".repeat(40)].map((name) => ({ object: name }));
    for await (const [{ object: name }, content] of readBlobs(repository.path, wanted)) blobs.push([name.slice(0, 1), content?.toString()]);
    expect(blobs).toEqual([
      ["0", undefined],
      [object.slice(0, 1), long],
      ["1", undefined],
    ]);
    for await (const _ of readBlobs(repository.path, [])) expect.unreachable();
  });

  it("an error of git is ERR_INPUT, and input that it does not read is no other error", async () => {
    const take = async (run: GitRun) => {
      for await (const _ of run.output());
    };
    expect(await failure(take(new GitRun(root, ["no-such-command"])))).toMatchObject({
      code: "ERR_INPUT",
      message: expect.stringMatching(/^git no-such-command: git: /),
    });
    const input = Array.from({ length: 10_000 }, () => `${"x".repeat(99)}\n`);
    expect(await failure(take(new GitRun(root, ["cat-file", "--no-such-option"], undefined, input)))).toMatchObject({ code: "ERR_INPUT" });
    // Quiet, with a code only.
    expect(await failure(take(new GitRun(repository.path, ["rev-parse", "-q", "--verify", "nope"])))).toMatchObject({
      message: "git rev-parse: it ended with code 1",
    });
  });

  it("shows progress, can be left early and aborted at any time", async () => {
    const fractions: Array<number | undefined> = [];
    const busy = new Repository("busy");
    busy.commit("2024-01-01T00:00:00Z", "A", () => {
      for (let i = 0; i < 300; i++) busy.write(`d${i % 7}/f${i}.txt`, `content ${i}`);
    });
    await take(readGit(busy.path, { onProgress: (_, fraction) => fractions.push(fraction) }));
    expect(fractions).toEqual([256 / 601, 512 / 601, 1]);

    for await (const _ of readGit(busy.path).operations()) break;
    const before = readGit(busy.path, { signal: AbortSignal.abort(new Error("never")) });
    expect((await failure(take(before))).message).toBe("never");
    for (const after of [0, 1, 5, 20, 300, 500]) {
      const controller = new AbortController();
      const { signal } = controller;
      const run = async () => {
        let taken = 0;
        const reader = readGit(busy.path, { signal, onProgress: () => after > 300 && controller.abort(new Error("stop")) });
        for await (const _ of reader.operations()) if (taken++ === after) controller.abort(new Error("stop"));
        signal.throwIfAborted();
      };
      expect((await failure(run())).message).toBe("stop");
    }
    const soon = new AbortController();
    setTimeout(() => soon.abort(new Error("soon")), 3);
    expect((await failure(take(readGit(busy.path, { signal: soon.signal })))).message).toBe("soon");
  });
});

describe("a folder without git", () => {
  const path = process.env["PATH"];
  const withoutGit = async <T>(run: () => Promise<T>): Promise<T> => {
    process.env["PATH"] = "";
    try {
      return await run();
    } finally {
      process.env["PATH"] = path;
    }
  };

  it("every file once, in the order of paths; other people's folders and links left out", async () => {
    const folder = join(root, "plain");
    write(folder, "z.txt", "last words");
    write(folder, "lib/util.py", "x = 1");
    write(folder, "lib/main.py", "from . import util");
    write(folder, "lib.txt", "sorts before lib/");
    write(folder, "node_modules/dep/index.js", "no");
    write(folder, ".git/config", "no");
    write(folder, "large.txt", "word ".repeat(60_000));
    symlinkSync(folder, join(folder, "loop"));
    for (const file of ["z.txt", "lib/util.py", "lib/main.py", "large.txt"]) utimesSync(join(folder, file), 1_600_000_000, 1_600_000_000);
    utimesSync(join(folder, "lib.txt"), 1_700_000_000, 1_700_000_000);
    const fractions: Array<number | undefined> = [];
    const reader = readGit(folder, { source: "here", onProgress: (_, fraction) => fractions.push(fraction) });
    const operations = await withoutGit(() => take(reader));
    expect(brief(operations)).toEqual([
      "remember large.txt +vector",
      "observe .: large.txt",
      "remember lib.txt +vector",
      "observe .: lib.txt",
      "remember lib/main.py +vector ->lib/util.py",
      "observe lib: lib/main.py",
      "remember lib/util.py +vector",
      "observe lib: lib/util.py",
      "remember z.txt +vector",
      "observe .: z.txt",
    ]);
    for (const operation of operations) expect(operation).toMatchObject({ at: 1_700_000_000_000 });
    expect(reader.report).toMatchObject({ format: "git", lines: 5, operations: 10, malformedCount: 0 });
    expect(reader.report.notes).toEqual([expect.stringMatching(/^no git history \(git rev-parse: spawn git ENOENT\)/), "5 files"]);
    expect(fractions).toEqual([1]);
  });

  it("an empty folder gives nothing", async () => {
    const folder = join(root, "nothing");
    mkdirSync(folder);
    const reader = readGit(folder);
    expect(await withoutGit(() => take(reader))).toEqual([]);
    expect(reader.report.notes[1]).toBe("0 files");
  });

  it("what is no folder is ERR_INPUT", async () => {
    write(root, "file.txt", "x");
    expect(await failure(take(readGit(join(root, "file.txt"))))).toMatchObject({
      code: "ERR_INPUT",
      message: expect.stringContaining("not a folder"),
    });
    expect(await failure(take(readGit(join(root, "missing"))))).toMatchObject({
      code: "ERR_INPUT",
      message: expect.stringContaining("ENOENT"),
    });
    expect(await failure(findFiles(join(root, "missing"), newReport("git"), "x"))).toMatchObject({ code: "ERR_INPUT" });
  });

  // Root may read everything.
  it.skipIf(process.getuid?.() === 0)("a folder or file that may not be read is counted, the rest goes on", async () => {
    const folder = join(root, "locked");
    write(folder, "closed/a.txt", "a");
    write(folder, "open.txt", "b");
    chmodSync(join(folder, "closed"), 0);
    const reader = readGit(folder);
    expect(brief(await withoutGit(() => take(reader)))).toEqual(["remember open.txt +vector", "observe .: open.txt"]);
    expect(reader.report.malformed).toEqual([{ source: join(folder, "closed"), line: 0, why: expect.stringContaining("EACCES") }]);
    chmodSync(join(folder, "closed"), 0o700);
  });

  it("a file that vanishes, or cannot be read, is counted once", async () => {
    const report = newReport("git");
    const failed = new Set<string>();
    const files = [{ path: "vanished.txt", size: 1, changed: 0 }];
    for (let turn = 0; turn < 2; turn++) {
      for await (const [path, content] of readFiles(root, files, failed, report, "here"))
        expect([path, content]).toEqual(["vanished.txt", undefined]);
    }
    expect(report.malformed).toEqual([{ source: join("here", "vanished.txt"), line: 0, why: expect.stringContaining("ENOENT") }]);
  });
});

describe("splitNul", () => {
  it("cuts wherever the chunks were cut", async () => {
    const bytes = Buffer.from("eins\0zwei\0\0dréi");
    for (let size = 1; size <= bytes.length; size++) {
      async function* chunks(): AsyncGenerator<Buffer> {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      }
      const texts: string[] = [];
      for await (const batch of splitNul(chunks())) texts.push(...batch);
      expect(texts).toEqual(["eins", "zwei", "", "dréi"]);
    }
  });
});
