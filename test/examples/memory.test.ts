import { expect, test } from "vitest";
import { run } from "./run.js";

test("examples/agent-memory.mjs finds facts over several hops, says how, and forgets", async () => {
  const parts = (await run("agent-memory.mjs")).split("\n\n").map((part) => part.trim());
  const answer = (question: string, at: number) => {
    expect(parts[at].startsWith(question)).toBe(true);
    return parts[at].split("\n").slice(1);
  };
  const [first, ...others] = answer("Who could be hit when the cooling is renewed?", 1);
  expect(first).toMatch(/^ +hel-7 is in the Helsinki hall.*\(mail from facilities; alike, 0\.\d\d\)$/);
  // None of these shares a telling word with the question; the way is from thing to thing.
  expect(others[0]).toContain("(inventory; over hel-7; strength 0.160)");
  expect(others[1]).toContain("(runbook; over hel-7, then ledger database; strength");
  expect(others[2]).toMatch(/^ +Mara looks after .*over hel-7, then ledger database, then billing service; strength/);
  const [known, ...more] = answer("Who looks after billing?", 2);
  expect(known).toContain("Mara looks after the billing service (chat, 3 March; alike,");
  expect(more.join()).toContain("Ines stands in for her (calendar; over mara;");
  expect(parts[3]).toMatch(/^forgot 2 facts about Mara; \d+ facts and things are left, \d+ links$/);
  const left = answer("Who looks after billing?", 4);
  expect(left.length).toBeGreaterThan(0);
  expect(left.join().toLowerCase()).not.toContain("mara");
});
