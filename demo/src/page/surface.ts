// A canvas in device pixels. Its size on the page is CSS's alone: drawing never moves anything.
import { byId } from "./dom.js";
import { themeChanged } from "./theme.js";

export interface Surface {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  /** In CSS pixels. */
  width: number;
  height: number;
  /** Device pixels a CSS pixel, at most 2: more cannot be seen, and is slow on phones. */
  ratio: number;
  /** Set when the size or the colours changed: all of it must be drawn anew. Whoever draws clears it. */
  stale: boolean;
}

const surfaces: Surface[] = [];
themeChanged.addEventListener("change", () => {
  for (const surface of surfaces) surface.stale = true;
  wake();
});

let wake = (): void => {};
/** Who is called when something must be drawn though no frame came. */
export const onStale = (call: () => void): void => {
  wake = call;
};

/** Takes a canvas of the page. @param target its id, or the element */
export function surface(target: string | HTMLCanvasElement): Surface {
  const canvas = typeof target === "string" ? byId<HTMLCanvasElement>(target) : target;
  const context = canvas.getContext("2d", { alpha: true });
  if (context === null) throw new Error("this browser has no canvas");
  const made: Surface = { canvas, context, width: 0, height: 0, ratio: 1, stale: true };
  resize(made);
  new ResizeObserver(() => {
    if (resize(made)) wake();
  }).observe(canvas);
  surfaces.push(made);
  return made;
}

function resize(made: Surface): boolean {
  const { canvas } = made;
  const ratio = Math.min(2, devicePixelRatio || 1);
  const [width, height] = [Math.max(1, canvas.clientWidth), Math.max(1, canvas.clientHeight)];
  if (width === made.width && height === made.height && ratio === made.ratio) return false;
  Object.assign(made, { width, height, ratio, stale: true });
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  return true;
}

/** Empties the canvas and sets its scale to CSS pixels. */
export function begin(made: Surface): CanvasRenderingContext2D {
  const { context, ratio } = made;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, made.canvas.width, made.canvas.height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  made.stale = false;
  return context;
}
