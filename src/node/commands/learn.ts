import type { Mfn } from "mfn";
import type { LearnReport } from "../learn.js";
import { duration, type Output, size } from "../output.js";
import { plural } from "../readers/report.js";

/** Prints what was learned from each input, with every malformed line that the reports kept, and what the engine now holds. */
export function printLearned(mfn: Mfn, reports: readonly LearnReport[], out: Output): void {
  const { things, vectors, edges, streams, series, operations, bytes } = mfn.stats();
  for (const report of reports) out.result({ learned: report }, () => reportText(report, out));
  const state = Object.values(bytes).reduce((sum, { state }) => sum + state, 0);
  out.result({ engine: { things, vectors, edges, streams, series, operations, bytes } }, () =>
    [
      `engine: ${plural(things, "thing")}, ${plural(vectors, "vector")}, ${plural(edges, "edge")}, ${plural(streams, "stream")}, ${series} series; ${plural(operations, "operation")}`,
      `memory: ${size(state)} (${Object.entries(bytes)
        .map(([name, { state }]) => `${name} ${size(state)}`)
        .join(", ")})`,
    ].join("\n"),
  );
}

function reportText(report: LearnReport, out: Output): string {
  const { source, format, lines, operations, malformed, malformedCount, notes, refused, firstRefusal, elapsed } = report;
  const unit = format === "git" ? "commits or files" : "lines";
  const rate = elapsed > 0 ? Math.round((operations / elapsed) * 1000) : 0;
  const text = [`${source} (${format}): ${lines} ${unit}, ${operations} operations in ${duration(elapsed)} (${rate} a second)`];
  if (malformedCount > 0) {
    text.push(out.colours.yellow(`  ${malformedCount} malformed:`));
    for (const { source, line, why } of malformed) text.push(`    ${source}:${line}: ${why}`);
    if (malformedCount > malformed.length) text.push(`    and ${malformedCount - malformed.length} more`);
  }
  if (refused > 0) text.push(out.colours.yellow(`  ${refused} refused by the engine, first: ${firstRefusal}`));
  for (const note of notes) text.push(`  ${note}`);
  return text.join("\n");
}
