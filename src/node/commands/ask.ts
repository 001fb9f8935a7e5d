import { type Forecast, type Mfn, MfnError, type PathStep, type Recall } from "mfn";
import { TokenHasher, tokenize } from "mfn/text";
import { duration, type Output } from "../output.js";
import { plural } from "../readers/report.js";

/** What to ask of an engine. */
export interface Question {
  /** A key, or any text: what is not a known key is looked for by similarity. */
  text?: string;
  /** A stream: what comes next in it? */
  stream?: string;
  /** A series to forecast; default: the one with the name of the key, else the engine's first. */
  series?: string;
  /** Steps to forecast. */
  horizon: number;
  /** A key to find the way to. */
  to?: string;
  /** Results of each kind. */
  k: number;
}

/** One kind of answer, with the median time of a few repetitions of the call. */
interface Part {
  kind: "exact" | "similar" | "associated" | "predicted" | "route" | "forecast" | "recall";
  milliseconds: number;
  answer: unknown;
  /** For people. */
  lines: string[];
  /** Whether it says something of what was asked for, not only of things in general. */
  known: boolean;
}

/** Times a call is repeated: one call alone would measure the compiler. */
const REPETITIONS = 21;
/** Share of the true values that a forecast's interval is to cover. */
const COVERAGE = 0.9;

/**
 * Asks an engine everything that fits the question and prints it.
 * @returns whether anything of it was known, and nothing that it names by name is unknown
 */
export function ask(mfn: Mfn, question: Question, dimensions: number, out: Output): boolean {
  const { stream, series, to } = question;
  const unknown = [
    stream !== undefined && ![...mfn.streams()].includes(stream) && `stream ${JSON.stringify(stream)} is not known`,
    series !== undefined && ![...mfn.series()].includes(series) && `series ${JSON.stringify(series)} is not known`,
    to !== undefined && !mfn.has(to) && `${JSON.stringify(to)} is not known: no way to it`,
    to !== undefined && !(question.text !== undefined && mfn.has(question.text)) && "a way needs a known key to start from",
  ].filter((complaint) => complaint !== false);
  for (const complaint of unknown) out.warn(complaint);
  const parts = [...answers(mfn, question, dimensions)];
  const c = out.colours;
  for (const { kind, milliseconds, answer, lines } of parts) {
    out.result({ kind, milliseconds, answer }, () => {
      const body = lines.length > 0 ? lines.map((line) => `  ${line}`).join("\n") : `  ${c.dim("nothing")}`;
      return `${c.bold(kind)} ${c.dim(`(${duration(milliseconds)})`)}\n${body}`;
    });
  }
  return unknown.length === 0 && parts.some(({ known }) => known);
}

function* answers(mfn: Mfn, question: Question, dimensions: number): Generator<Part> {
  const { text, stream, k, to } = question;
  const known = text !== undefined && mfn.has(text);
  const followed = stream !== undefined && [...mfn.streams()].includes(stream);
  if (text !== undefined) {
    yield part(
      "exact",
      () => ({ known: mfn.has(text), value: mfn.get(text) }),
      ({ known, value }) => (known ? [`${text} is known${value === undefined ? "" : `: ${JSON.stringify(value)}`}`] : []),
    );
    const like = known ? text : new TokenHasher({ dimensions }).vector(tokenize(text));
    // Texts without a word in common have cosines of about 0 with this standard deviation, as words share places of the vector.
    const chance = known ? 0 : 1 / Math.sqrt(dimensions);
    yield part(
      "similar",
      () => mfn.similar(like, { k }).filter(({ score }) => score > chance),
      (found) => found.map(({ key, score }) => `${score.toFixed(3)}  ${key}`),
    );
  }
  if (known) {
    yield part(
      "associated",
      () => mfn.associate(text, { k }),
      (found) => found.map(({ score, path }) => `${score.toFixed(3)}  ${way(path)}`),
    );
    if (to !== undefined && mfn.has(to)) {
      yield part(
        "route",
        // The readers' weights are strengths, not costs: the way with the fewest edges.
        () => mfn.route(text, to, { cost: "hops" }),
        (found) => (found === undefined ? [] : [`${plural(found.cost, "step")}  ${way(found.steps)}`]),
      );
    }
  }
  if (known || stream !== undefined) {
    const after = stream ?? [text as string];
    yield part(
      "predicted",
      () => mfn.predict(after, { k }),
      ({ results, escape: other }) => [
        `next ${stream === undefined ? `after ${text}` : `in stream ${stream}`}:`,
        ...results.map(({ key, probability }) => `${percent(probability)}  ${key}`),
        `${percent(other)}  something not seen here before`,
      ],
      stream === undefined || followed,
    );
  }
  const series = question.series ?? (known && [...mfn.series()].includes(text) ? text : mfn.series().next().value);
  const general = question.series === undefined && (text !== undefined || stream !== undefined) && series !== text;
  if (series !== undefined) yield forecast(mfn, series, question.horizon, general);
  const query = stream !== undefined ? { stream } : known ? { history: [text as string] } : undefined;
  if (query !== undefined) yield part("recall", () => mfn.recall(query, { k, strategy: "parallel" }), recalled, known || followed);
}

function part<T>(kind: Part["kind"], call: () => T, toLines: (answer: T) => string[], known = true): Part {
  const answer = call();
  const times = Array.from({ length: REPETITIONS }, () => {
    const began = performance.now();
    call();
    return performance.now() - began;
  });
  times.sort((a, b) => a - b);
  const lines = toLines(answer);
  return { kind, milliseconds: times[REPETITIONS >> 1], answer, lines, known: known && lines.length > 0 };
}

function forecast(mfn: Mfn, series: string, horizon: number, general: boolean): Part {
  return part(
    "forecast",
    () => forecastOf(mfn, series, horizon),
    (found) => (found === undefined ? [] : forecastLines(found)),
    !general,
  );
}

/** The forecast of a series; undefined if there is none yet: nothing was recorded, or at one time only. */
function forecastOf(mfn: Mfn, series: string, horizon: number): (Forecast & { series: string }) | undefined {
  try {
    return { series, ...mfn.forecast(series, { horizon, coverage: COVERAGE }) };
  } catch (error) {
    if (error instanceof MfnError && error.code === "ERR_NOT_FOUND") return undefined;
    throw error;
  }
}

function forecastLines({ series, at, mean, lower, upper, model, expectedWape }: Forecast & { series: string }): string[] {
  if (!Number.isFinite(upper[0])) return [`${series}: too little past to forecast it`];
  const expected = `${percent(expectedWape).trim()} error expected (WAPE)`;
  if (!(expectedWape < 1)) return [`${series}: too irregular to forecast it: ${expected}`];
  const steps = Array.from(mean, (value, i) => {
    const interval = `[${lower[i].toFixed(2)}, ${upper[i].toFixed(2)}] ${percent(COVERAGE)}`;
    return `${new Date(at[i]).toISOString()}  ${value.toFixed(2)}  ${interval}`;
  });
  return [`${series}: ${model}, ${expected}`, ...steps];
}

function recalled({ results, partial, escape: other }: Recall): string[] {
  const lines = results.map(({ key, probability, evidence }) => {
    const why: string[] = [];
    if (evidence.ifr) why.push(evidence.ifr.exact ? "exact" : `seen ${plural(evidence.ifr.stepsAgo ?? 0, "step")} ago`);
    if (evidence.dsr) why.push(`similar ${evidence.dsr.similarity.toFixed(2)}`);
    if (evidence.alm) why.push(`${evidence.alm.path.map(({ type }) => type).join(", ")} edge`);
    if (evidence.cpe) why.push(`sequence ${percent(evidence.cpe.probability)}`);
    return `${percent(probability)}  ${key}  (${why.join("; ")})`;
  });
  if (lines.length > 0) lines.push(`${percent(other)}  something else${partial ? " (partial: out of time)" : ""}`);
  return lines;
}

function way(path: readonly PathStep[]): string {
  return path.length === 0
    ? ""
    : path.reduce((text, { to, type, weight }) => `${text} -[${type} ${weight.toPrecision(3)}]-> ${to}`, path[0].from);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`.padStart(7);
}
