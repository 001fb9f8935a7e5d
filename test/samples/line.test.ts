import { readAccessLog } from "mfn/node";
import { anomalyEvents, type LogEvent, logLine, shopLog } from "mfn/samples";
import { describe, expect, test } from "vitest";

/** What the reader of access logs makes of some events. */
async function read(events: readonly LogEvent[]) {
  const reader = readAccessLog(
    events.map((event) => logLine(event)),
    { query: true },
  );
  const operations = [];
  for await (const operation of reader.operations()) operations.push(operation);
  return { operations, report: reader.report };
}

const event: LogEvent = {
  at: Date.UTC(2024, 1, 29, 3, 4, 5, 678),
  client: "198.18.0.1",
  method: "GET",
  target: "/a?b=1",
  status: 200,
  bytes: 10,
  referrer: "/c",
  agent: 'A "quoted" \\ agent',
  truth: { visitor: 0, kind: "browser", session: 0 },
};

describe("a line of the log", () => {
  test("is in Combined Log Format", () => {
    expect(logLine(event)).toBe(
      String.raw`198.18.0.1 - - [29/Feb/2024:03:04:05 +0000] "GET /a?b=1 HTTP/1.1" 200 10 "https://shop.example/c" "A \"quoted\" \\ agent"`,
    );
    expect(logLine({ ...event, referrer: "", agent: "" }, "https://other.example")).toMatch(/ 10 "-" ""$/);
    expect(logLine(event, "https://other.example")).toContain('"https://other.example/c"');
    expect(logLine({ ...event, referrer: "https://search.example/" })).toContain('"https://search.example/"');
  });

  test("is what the reader of access logs takes, without exception", async () => {
    const events = [...shopLog({ seed: 3, events: 5000 }), ...anomalyEvents({ kind: "scan", at: Date.UTC(2025, 1, 1) })];
    const { operations, report } = await read(events);
    expect(report).toMatchObject({ lines: events.length, malformedCount: 0 });
    const observed = operations.filter(({ op }) => op === "observe");
    expect(observed).toEqual(
      events.map(({ client, method, target, at }) => ({
        op: "observe",
        stream: client,
        key: `${method} ${target}`,
        at: Math.floor(at / 1000) * 1000,
      })),
    );
    // Referrers of the site become links.
    expect(operations.filter(({ op }) => op === "link").length).toBeGreaterThan(events.length / 2);
  });
});
