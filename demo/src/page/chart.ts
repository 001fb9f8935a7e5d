// A line chart small enough for a panel: few grid lines, their values inside, no box.
import { begin, type Surface } from "./surface.js";
import { palette } from "./theme.js";

type Values = ArrayLike<number>;

export interface Series {
  values: Values;
  colour: "ours" | "other" | "ink" | "warm";
  width?: number;
  dash?: number[];
  /** Where the line's first value stands; default 0. */
  from?: number;
}

export interface Chart {
  /** Number of places along x: series may be shorter. */
  places: number;
  low: number;
  high: number;
  /** Values with a grid line, and how they are written. */
  grid: number[];
  label: (value: number) => string;
  series: Series[];
  /** An area between two lines. */
  band?: { lower: Values; upper: Values; from: number; colour: "ours" | "other" };
  /** Place of a vertical line: where what was ends, and what is expected begins. */
  now?: number;
}

export function drawChart(target: Surface, chart: Chart): void {
  const context = begin(target);
  const colours = palette();
  const { width, height } = target;
  const margin = 5;
  const span = chart.high - chart.low || 1;
  const y = (value: number) => margin + (height - 2 * margin) * (1 - (value - chart.low) / span);
  const x = (place: number) => 1 + ((width - 2) * place) / Math.max(1, chart.places - 1);
  context.font = `10px ${colours.sans}`;
  context.textBaseline = "bottom";
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  for (const value of chart.grid) {
    const at = Math.round(y(value)) + 0.5;
    context.beginPath();
    context.moveTo(0, at);
    context.lineTo(width, at);
    context.stroke();
  }
  if (chart.band !== undefined) drawBand(context, chart.band, x, y, chart.band.colour === "ours" ? colours.ours : colours.other);
  if (chart.now !== undefined) {
    context.setLineDash([2, 3]);
    context.strokeStyle = colours.soft;
    context.beginPath();
    context.moveTo(x(chart.now), 0);
    context.lineTo(x(chart.now), height);
    context.stroke();
    context.setLineDash([]);
  }
  for (const { values, colour, width: stroke = 1.75, dash = [], from = 0 } of chart.series) {
    context.strokeStyle = colours[colour];
    context.lineWidth = stroke;
    context.lineJoin = "round";
    context.setLineDash(dash);
    context.beginPath();
    let down = false;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value)) down = false;
      else if (down) context.lineTo(x(from + i), y(value));
      else {
        context.moveTo(x(from + i), y(value));
        down = true;
      }
    }
    context.stroke();
  }
  context.setLineDash([]);
  context.fillStyle = colours.soft;
  // Over lines too, the values stay readable.
  context.strokeStyle = colours.well;
  context.lineWidth = 3;
  for (const value of chart.grid) {
    const at = y(value);
    const place = [3, at < 14 ? at + 12 : at - 1] as const;
    context.strokeText(chart.label(value), ...place);
    context.fillText(chart.label(value), ...place);
  }
}

function drawBand(
  context: CanvasRenderingContext2D,
  { lower, upper, from }: NonNullable<Chart["band"]>,
  x: (place: number) => number,
  y: (value: number) => number,
  colour: string,
): void {
  const length = Math.min(lower.length, upper.length);
  const known = (i: number) => i < length && Number.isFinite(lower[i]) && Number.isFinite(upper[i]);
  context.globalAlpha = 0.2;
  context.fillStyle = colour;
  // A band may have gaps: each piece is an area of its own.
  for (let first = 0; first < length; first++) {
    if (!known(first)) continue;
    let end = first;
    while (known(end)) end++;
    context.beginPath();
    for (let i = first; i < end; i++) context.lineTo(x(from + i), y(upper[i]!));
    for (let i = end - 1; i >= first; i--) context.lineTo(x(from + i), y(lower[i]!));
    context.closePath();
    context.fill();
    first = end;
  }
  context.globalAlpha = 1;
}

/** A round number at or above this: 1, 2, 2.5 or 5 times a power of ten. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 2.5, 5, 10].find((step) => step * power >= value * (1 - 1e-9)) ?? 10);
}
