import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { built, root } from "../package/built.js";
import { ended, Folder, git, jsonLines, mfn, start } from "./cli-helper.js";
import { logLine } from "./readers-helper.js";

const log = join(root, "test/fixtures/access.log");
const operations = join(root, "test/fixtures/operations.ndjson");
const haveGit = spawnSync("git", ["--version"]).status === 0;
if (!haveGit) console.log("skipped: git is not installed");
const isRoot = process.getuid?.() === 0;

/** Two clients that walk through four pages in a circle. */
const circle = Array.from({ length: 80 }, (_, i) => {
  const at = `10/Oct/2023:13:${String(10 + Math.floor(i / 2)).padStart(2, "0")}:00 +0000`;
  return logLine({ client: `10.0.0.${i % 2}`, request: `GET /page/${"abcd"[(i >> 1) % 4]} HTTP/1.1`, at });
});

let folder: Folder;
let walk: string;
beforeAll(() => {
  folder = new Folder();
  walk = folder.file("walk.log", `${circle.join("\n")}\n`);
});
afterAll(() => folder.remove());

const kinds = (lines: Array<Record<string, unknown>>) => lines.map(({ kind }) => kind);
const answer = (lines: Array<Record<string, unknown>>, kind: string) => lines.find((line) => line.kind === kind)?.answer;

describe("mfn", () => {
  test("says its version, and how it is used", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(await mfn(["--version"])).toMatchObject({ code: 0, out: `${version}\n`, err: "" });
    for (const args of [["--help"], ["help"]]) {
      const { code, out } = await mfn(args);
      expect(code).toBe(0);
      for (const command of ["learn", "ask", "eval", "run", "sample", "bench"]) expect(out).toMatch(new RegExp(`^ {2}${command} `, "m"));
      expect(out).toContain("Exit codes: 0 done");
    }
    expect((await mfn(["ask", "--help"])).out).toContain("--horizon");
  });

  test.each([
    ["no command", []],
    ["an unknown command", ["teach"]],
    ["an unknown option", ["learn", "--fast", log]],
    ["no input", ["learn"]],
    ["no input to ask of", ["ask", "GET /"]],
    ["a share above 1", ["eval", "--holdout", "2", log]],
    ["a share of 0", ["eval", "--holdout", "0", log]],
    ["a share that is no number", ["eval", "--holdout", "most", log]],
    ["no dimensions", ["learn", "--dimensions", "0", log]],
    ["half a dimension", ["learn", "--dimensions", "1.5", log]],
    ["an empty number", ["ask", "--from", log, "-k", "", "GET /"]],
    ["too far a horizon", ["ask", "--from", log, "--horizon", "5000", "GET /"]],
    ["an unknown format", ["learn", "--format", "xml", log]],
    ["a format that does not fit", ["learn", "--format", "git", log]],
    ["an empty key", ["ask", "--from", log, ""]],
    ["an unknown suite", ["bench", "none"]],
  ])("%s is misuse: exit code 2, the reason on standard error alone", async (_, args) => {
    const { code, out, err } = await mfn(args);
    expect(err).not.toBe("");
    expect(err).not.toMatch(/^ {4}at /m);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  test("an input that cannot be read ends it with 3 and names the input", async () => {
    const missing = join(folder.path, "missing.log");
    for (const args of [["learn"], ["ask", "x", "--from"], ["eval"], ["run"]]) {
      const { code, out, err } = await mfn([...args, missing]);
      expect(code).toBe(3);
      expect(err).toContain(`mfn: cannot read ${missing}: ENOENT`);
      expect(out).not.toContain("engine");
    }
    const broken = folder.file("broken.gz", gzipSync(circle.join("\n")).subarray(0, 100));
    expect(await mfn(["learn", broken])).toMatchObject({ code: 3, err: expect.stringContaining(`cannot read ${broken}`) });
  });

  test.skipIf(process.platform === "win32")("a folder or file without permission is one that cannot be read", async () => {
    const locked = join(folder.path, "locked");
    mkdirSync(locked);
    const secret = folder.file("secret.log", circle[0]);
    for (const path of [locked, secret]) chmodSync(path, 0);
    chmodSync(folder.path, 0o755);
    // Nothing is locked for root: then the command runs as nobody, if nobody may read the package.
    const uid = isRoot ? 65534 : undefined;
    const can = await mfn(["--version"], { uid, cwd: "/" });
    if (can.code !== 0) return console.log("skipped: another user cannot run the command here");
    for (const path of [locked, secret]) {
      const { code, err } = await mfn(["learn", path], { uid, cwd: "/" });
      expect(err).toMatch(/^mfn: cannot read .*: EACCES/);
      expect(code).toBe(3);
    }
    chmodSync(locked, 0o700);
  });
});

describe("mfn learn", () => {
  test("counts malformed lines of a log and shows them with their numbers and reasons", async () => {
    const { code, out, err } = await mfn(["learn", log]);
    expect(code).toBe(0);
    expect(err).toBe(`${log}: 4 of 12 lines malformed\n`);
    expect(out).toContain("(access-log): 12 lines, 22 operations in ");
    expect(out).toContain("4 malformed:");
    for (const line of [4, 6, 8, 11]) expect(out).toMatch(new RegExp(`access\\.log:${line}: \\S`));
    expect(out).toContain("no such time: [31/Feb/2023:13:59:11 -0700]");
    expect(out).toMatch(/^engine: 7 things, 6 vectors, 3 edges, 4 streams, 1 series; 22 operations$/m);
  });

  test("reads operations, and says which line has a bad vector and why", async () => {
    const { code, out } = await mfn(["learn", "--json", "--dimensions", "3", operations]);
    const [{ learned }, { engine }] = jsonLines(out) as Array<Record<string, Record<string, unknown>>>;
    expect(code).toBe(0);
    expect(learned).toMatchObject({ source: operations, format: "ndjson", lines: 6, operations: 5, malformedCount: 0, refused: 0 });
    expect(engine).toMatchObject({ things: 2, vectors: 1, streams: 1, operations: 5 });

    const bad = ["[1,2]", "[1,null,2]", "[1e39,0,0]", '"none"', "[]"].map((vector) => `{"op":"remember","key":"a","vector":${vector}}`);
    const result = await mfn(["learn", "--json", "--dimensions", "3", "-"], { input: [...bad, '{"op":"remember","key":"b"}'].join("\n") });
    const [first, second] = jsonLines(result.out) as Array<Record<string, Record<string, unknown>>>;
    expect(first.learned).toMatchObject({ source: "-", lines: 6, operations: 1, malformedCount: 5 });
    const malformed = first.learned.malformed as Array<{ line: number; why: string }>;
    expect(malformed.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
    for (const { why } of malformed) expect(why).toMatch(/^field vector: expected /);
    expect(second.engine).toMatchObject({ things: 1, vectors: 0 });
    expect(result.err).toBe("-: 5 of 6 lines malformed\n");
  });

  test("reads standard input, and what is zipped, as the plain file", async () => {
    const plain = jsonLines((await mfn(["learn", "--json", log])).out);
    const zipped = folder.file("access.log.gz", gzipSync(readFileSync(log)));
    for (const [args, input] of [
      [["-"], readFileSync(log)],
      [["-"], gzipSync(readFileSync(log))],
      [[zipped], ""],
    ] as const) {
      const [learned, engine] = jsonLines((await mfn(["learn", "--json", ...args], { input })).out);
      expect(engine).toEqual(plain[1]);
      expect(learned.learned).toMatchObject({ format: "access-log", lines: 12, operations: 22, malformedCount: 4 });
    }
  });

  test("learns from several inputs into one engine", async () => {
    const lines = jsonLines((await mfn(["learn", "--json", log, walk])).out);
    expect(lines.map((line) => Object.keys(line)[0])).toEqual(["learned", "learned", "engine"]);
    expect(lines[2].engine).toMatchObject({ things: 11, streams: 6 });
  });

  test.skipIf(!haveGit)("learns from a git repository, also from a folder of it that is no history's top", async () => {
    const repository = new Folder();
    await git(repository.path, ["init", "-q", "-b", "main"]);
    for (let i = 0; i < 6; i++) {
      repository.file("index.js", `import "./util.js";\nexport const turn = ${i};\n`);
      repository.file("util.js", `export const help = ${i};\n`);
      await git(repository.path, ["add", "."]);
      await git(repository.path, ["commit", "-q", "-m", `change ${i}`], i % 2 ? "Ann" : "Bob", `2024-01-0${i + 1}T12:00:00Z`);
    }
    const [learned, engine] = jsonLines((await mfn(["learn", "--json", repository.path])).out);
    expect(learned.learned).toMatchObject({ format: "git", malformedCount: 0, refused: 0 });
    expect(engine.engine).toMatchObject({ things: 2, vectors: 2, streams: 2 });
    const asked = await mfn(["ask", "--json", "index.js", "--to", "util.js", "--from", "."], { cwd: repository.path });
    expect(asked.code).toBe(0);
    const lines = jsonLines(asked.out);
    expect(answer(lines, "associated")).toMatchObject([{ key: "util.js" }]);
    expect(answer(lines, "route")).toMatchObject({ keys: ["index.js", "util.js"] });
    const run = await mfn(["run"], { cwd: repository.path });
    expect(run).toMatchObject({ code: 0, err: "" });
    expect(run.out).toMatch(/^mfn \(all layers\)/m);
    repository.remove();
  });

  test("learns from a folder without history what it has", async () => {
    const plain = new Folder();
    plain.file("a.js", 'import "./b.js";\nconsole.log("cats and dogs");\n');
    plain.file("b.js", 'console.log("dogs and cats");\n');
    const { code, out } = await mfn(["learn", "--json", plain.path]);
    expect(code).toBe(0);
    expect(jsonLines(out)[1].engine).toMatchObject({ things: 2, vectors: 2, edges: 1 });
    const run = await mfn(["run", "--json", plain.path]);
    expect([0, 4]).toContain(run.code);
    jsonLines(run.out);
    plain.remove();
  });

  test("nothing to learn is exit code 4: an empty file, binary data, an empty folder", async () => {
    const empty = folder.file("empty.log", "");
    const noise = Buffer.from(Uint8Array.from({ length: 50_000 }, (_, i) => (i * i * 31 + (i >> 3) * 7) & 255));
    const binary = folder.file("noise.bin", noise);
    const nothing = new Folder();
    for (const input of [empty, binary, nothing.path]) {
      for (const flags of [[], ["--json"]]) {
        const { code, out, err } = await mfn(["learn", ...flags, input]);
        expect(code).toBe(4);
        // What the bytes of an input do to a terminal is not theirs to say.
        expect(out + err).toMatch(/^[^\p{Cc}]*(?:\n[^\p{Cc}]*)*$/u);
        if (flags.length > 0) expect(jsonLines(out).at(-1)).toMatchObject({ engine: { things: 0 } });
      }
    }
    nothing.remove();
  });
});

describe("mfn ask", () => {
  test("answers exactly, by similarity, association, prediction and forecast, each with its time", async () => {
    const { code, out } = await mfn(["ask", "--json", "--from", walk, "--stream", "10.0.0.1", "GET /page/c"]);
    const lines = jsonLines(out);
    expect(code).toBe(0);
    expect(kinds(lines)).toEqual(["exact", "similar", "associated", "predicted", "forecast", "recall"]);
    for (const { milliseconds } of lines) expect(milliseconds).toBeGreaterThanOrEqual(0);
    expect(answer(lines, "exact")).toEqual({ known: true });
    expect(answer(lines, "similar")).toMatchObject([{ key: expect.stringMatching(/^GET \/page\/[abd]$/) }, {}, {}]);
    // The walk ends at d, and a comes after it.
    expect(answer(lines, "predicted")).toMatchObject({ results: [{ key: "GET /page/a" }, {}, {}, {}] });
    expect(answer(lines, "recall")).toMatchObject({ partial: false });
    const { results } = answer(lines, "recall") as { results: Array<{ key: string; evidence: { cpe?: object } }> };
    expect(results[0].key).toBe("GET /page/a");
    expect(results[0].evidence.cpe).toMatchObject({ probability: expect.any(Number) });
    const { mean, lower, upper } = answer(lines, "forecast") as Record<string, number[]>;
    for (const row of [mean, lower, upper]) expect(row).toHaveLength(7);
  });

  test("finds similar things by any text", async () => {
    const { code, out } = await mfn(["ask", "--from", log, "articles on cats"]);
    expect(code).toBe(0);
    expect(out).toMatch(/similar .*\n {2}0\.\d+ {2}GET \/articles\/cats\n/);
  });

  test("gives as many results and steps as asked for, and forecasts the series asked for", async () => {
    const { out } = await mfn(["ask", "--json", "--from", walk, "-k", "2", "--series", "requests", "--horizon", "3", "GET /page/a"]);
    const lines = jsonLines(out);
    expect(answer(lines, "similar")).toHaveLength(2);
    expect(answer(lines, "forecast")).toMatchObject({
      series: "requests",
      mean: [expect.any(Number), expect.any(Number), expect.any(Number)],
    });
  });

  test("takes several inputs, by an option each", async () => {
    const { code, out } = await mfn(["ask", "--json", "--from", log, "--from", walk, "GET /page/a"]);
    expect(code).toBe(0);
    expect(answer(jsonLines(out), "exact")).toEqual({ known: true });
  });

  test.each([
    ["an unknown key with nothing like it", ["zebra"]],
    ["a text without words", ["???"]],
    ["an unknown stream", ["--stream", "nobody"]],
    ["an unknown series", ["--series", "nothing"]],
    ["an unknown way's end", ["GET /page/a", "--to", "GET /nowhere"]],
  ])("%s is exit code 4", async (_, args) => {
    const { code, out } = await mfn(["ask", "--json", "--from", walk, ...args]);
    jsonLines(out);
    expect(code).toBe(4);
  });

  test("what nothing was learned of is exit code 4", async () => {
    expect((await mfn(["ask", "--from", "-", "x"])).code).toBe(4);
  });
});

describe("mfn eval", () => {
  test("scores the engine beside the baselines", async () => {
    const { code, out, err } = await mfn(["eval", walk]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("last 20 % of the events: 16 predictions");
    for (const method of ["mfn (all layers)", "most-popular", "last-co-occurring", "first-order Markov"])
      expect(out).toContain(`\n${method} `);
    for (const layer of ["IFR", "DSR", "ALM", "CPE"]) expect(out).toContain(`\n${layer} alone `);
    expect(out).toMatch(/^method +hit@1 +hit@3 +hit@5 +hit@10 +MRR +bits +ECE$/m);
    expect(out).toMatch(/^first-order Markov( +1\.000){5} +- +-$/m);
    expect(out).toMatch(/^mfn \(all layers\): probability of the first answer.*ECE 0\.\d{3}/m);

    const scores = jsonLines((await mfn(["eval", "--json", "--holdout", "0.5", walk])).out);
    expect(scores).toHaveLength(8);
    expect(scores[0].evaluation).toMatchObject({ bits: expect.any(Number), calibration: { error: expect.any(Number) } });
    for (const { evaluation } of scores) expect(evaluation).toMatchObject({ n: 40, hitAt1: expect.any(Number) });
  });

  test("nothing to score is exit code 4", async () => {
    const one = folder.file("one.log", `${circle[0]}\n`);
    expect(await mfn(["eval", "--json", one])).toMatchObject({ code: 4, out: '{"evaluation":[]}\n' });
    const none = folder.file("none.log", "");
    expect(await mfn(["eval", none])).toMatchObject({ code: 4, out: expect.stringContaining("nothing to score") });
  });

  test("of a git repository scores what changes together", async () => {
    const repository = new Folder();
    await git(repository.path, ["init", "-q", "-b", "main"]);
    for (let i = 0; i < 20; i++) {
      for (const name of i % 2 === 0 ? ["a.txt", "b.txt"] : ["c.txt", "d.txt"]) repository.file(name, `version ${i}`);
      await git(repository.path, ["add", "-A"]);
      await git(repository.path, ["commit", "-q", "-m", "both"], "Ann", `2024-01-${String(i + 1).padStart(2, "0")}T00:00:00Z`);
    }
    const text = await mfn(["eval", repository.path]);
    expect(text).toMatchObject({ code: 0, err: "" });
    expect(text.out).toContain("last 20 % of 20 commits with 2 to 30 files: 8 queries");
    expect(text.out).toMatch(/^method +feedback +first 3 +of answered +precision +recall$/m);
    expect(text.out).toMatch(/^co-change counts( +1\.000){5}$/m);
    expect(text.out).toMatch(/^mfn \(all layers\) +1\.000 +1\.000 /m);
    const scores = jsonLines((await mfn(["eval", "--json", "--protocol", "co-change", repository.path])).out);
    expect(scores).toHaveLength(9);
    for (const { coChange } of scores) expect(coChange).toMatchObject({ queries: 8, possible: 1, next: { n: 4 } });
    // By author, in the order of names, as any other stream.
    const next = jsonLines((await mfn(["eval", "--json", "--protocol", "next-event", repository.path])).out);
    expect(next[0].evaluation).toMatchObject({ n: 8 });
    expect(await mfn(["eval", "--protocol", "co-change", walk])).toMatchObject({ code: 3 });
    expect(await mfn(["eval", "--protocol", "co-change", walk, walk])).toMatchObject({ code: 2 });
    repository.remove();
  });
});

describe("mfn sample", () => {
  test("prints the same log for the same seed, which the other commands take", async () => {
    const { code, out, err } = await mfn(["sample", "access-log", "--seed", "7", "--events", "700"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.trimEnd().split("\n")).toHaveLength(700);
    expect((await mfn(["sample", "access-log", "--seed", "7", "--events", "700"])).out).toBe(out);
    expect((await mfn(["sample", "access-log", "--seed", "8", "--events", "700"])).out).not.toBe(out);
    const learned = jsonLines((await mfn(["learn", "--json", "-"], { input: out })).out);
    expect(learned[0].learned).toMatchObject({ format: "access-log", lines: 700, malformedCount: 0 });
  });

  test.each([["access-log", "--seed", "-1"], ["access-log", "--events", "few"], ["weather"], []])(
    "%s %s %s is a usage error",
    async (...args) => {
      expect(await mfn(["sample", ...args.filter((arg) => arg !== undefined)])).toMatchObject({ code: 2, out: "" });
    },
  );

  test.skipIf(process.platform === "win32")("ends when its reader goes away", async () => {
    const child = start(["sample", "access-log", "--events", "100000000"]);
    const end = ended(child);
    child.stdout?.once("data", () => child.stdout?.destroy());
    expect(await end).toMatchObject({ code: 0, err: "" });
  });
});

describe("mfn run and bench", () => {
  test("the tour is learn, ask and eval", async () => {
    const text = await mfn(["run", walk]);
    expect(text).toMatchObject({ code: 0, err: "" });
    for (const command of ["learn", "ask", "eval"]) expect(text.out).toMatch(new RegExp(`^mfn ${command} `, "m"));
    const lines = jsonLines((await mfn(["run", "--json", walk])).out);
    expect(lines.map((line) => Object.keys(line)[0])).toEqual([
      ...["learned", "engine"],
      ...["kind", "kind", "kind", "kind", "kind", "kind"],
      ...new Array(8).fill("evaluation"),
    ]);
    expect(await mfn(["run", folder.file("void.log", "")])).toMatchObject({ code: 4 });
  });

  test("the benchmarks give rows of JSON alone", async () => {
    const { code, out } = await mfn(["bench", "--quick", "--json", "ifr"]);
    expect(code).toBe(0);
    const rows = jsonLines(out);
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows) expect(row).toMatchObject({ suite: "ifr", case: expect.any(String), unit: expect.any(String) });
  });
});

describe("the command line among other programs", () => {
  test("has no colours off a terminal, even if forced, nor control characters of its input", async () => {
    const evil = folder.file(
      "evil.ndjson",
      '{"op":"observe","stream":"s\\u009b2J","key":"k\\u001b[31m\\u0007"}\n{"op":"observe","stream":"s\\u009b2J","key":"b"}\n',
    );
    for (const args of [
      ["run", walk],
      ["run", evil],
      ["ask", "--from", evil, "k\u001b[31m\u0007"],
    ]) {
      const { out, err } = await mfn(args, { env: { FORCE_COLOR: "1" } });
      expect(out + err).toMatch(/^[^\p{Cc}]*(?:\n[^\p{Cc}]*)*$/u);
    }
  });

  test("short runs on a busy machine come to an end", async () => {
    for (let turn = 0; turn < 8; turn++) {
      const runs = Array.from({ length: 8 }, () => mfn(["ask", "--json", "--from", walk, "???"]));
      expect((await Promise.all(runs)).map(({ code }) => code)).toEqual(runs.map(() => 4));
    }
  });

  test.skipIf(process.platform === "win32")("a reader that goes away is no failure", async () => {
    const many = folder.file(
      "many.ndjson",
      Array.from({ length: 3000 }, (_, i) => `{"op":"remember","key":"${"x".repeat(100)}${i}"}`).join("\n"),
    );
    const command = `"${process.execPath}" "${built("node/cli.js")}" learn "${many}" "${log}" "${walk}"`;
    for (const end of ["| head -c 1", "2>&1 | head -c 1", "2>&1 >/dev/null | head -c 1", "| true"]) {
      const shell = spawn("bash", ["-c", `set -o pipefail; ${command} ${end}`], { stdio: "pipe" });
      const { code, err } = await ended(shell);
      expect(err).not.toMatch(/EPIPE|Error|\n {4}at /);
      expect(code).toBe(0);
    }
  });

  test.skipIf(!existsSync("/dev/full"))("a full disk is a failure that is told", async () => {
    const shell = spawn("bash", ["-c", `"${process.execPath}" "${built("node/cli.js")}" learn "${walk}" >/dev/full`], { stdio: "pipe" });
    expect(await ended(shell)).toMatchObject({ code: 1, err: expect.stringMatching(/^mfn: cannot write: ENOSPC.*\n$/) });
  });

  test.skipIf(process.platform === "win32")("Ctrl-C while it waits for input ends it with 130", async () => {
    const child = start(["learn", "-"]);
    const end = ended(child);
    // More than a pipe holds: once it is written, the command reads, and listens.
    const lines = `${circle[0]}\n`.repeat(20_000);
    await new Promise((resolve) => child.stdin?.write(lines, resolve));
    child.kill("SIGINT");
    const { code, signal, out } = await end;
    expect({ code, signal, out }).toEqual({ code: 130, signal: null, out: "" });
  });

  test.skipIf(process.platform === "win32")("Ctrl-C is heard in the midst of an evaluation", async () => {
    const lines: string[] = [];
    for (let i = 0; i < 60_000; i++) lines.push(`{"op":"observe","stream":"s${i % 50}","key":"k${(i * i) % 997}"}`);
    const child = start(["run", folder.file("long.ndjson", lines.join("\n"))]);
    const end = ended(child);
    child.stdout?.on("data", (chunk) => {
      if (String(chunk).includes("mfn eval")) setTimeout(() => child.kill("SIGINT"), 50);
    });
    const { code, signal, err, out } = await end;
    expect({ code, signal }).toEqual({ code: 130, signal: null });
    expect(err).toBe("mfn: interrupted\n");
    expect(out).not.toContain("hit@1");
  });
});
