// Colours come from styles/theme.css alone. Canvases read them here, and are told when they change.
import { byId } from "./dom.js";

type Rgb = readonly [red: number, green: number, blue: number];

export interface Palette {
  panel: string;
  well: string;
  line: string;
  ink: string;
  soft: string;
  ours: string;
  oursWash: string;
  other: string;
  warm: string;
  /** The same as numbers, 0 to 255, for pixels written one by one. */
  rgb: { well: Rgb; ink: Rgb; ours: Rgb; warm: Rgb; soft: Rgb; line: Rgb };
  sans: string;
  mono: string;
}

/** Raised whenever the palette is another one: what was drawn is out of date. */
export const themeChanged = new EventTarget();

let current: Palette | undefined;
const modes = ["auto", "light", "dark"] as const;
type Mode = (typeof modes)[number];
const spoken: Record<Mode, string> = { auto: "as the system has them", light: "light", dark: "dark" };
const kept = "mfn-theme";

export const palette = (): Palette => {
  current ??= read();
  return current;
};

/** A pixel as the 32 bits of an ImageData, which is little-endian wherever browsers run. */
export const pixel = ([red, green, blue]: Rgb): number => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** A colour between two, as a pixel: 0 is the first. */
export function blend(from: Rgb, to: Rgb, share: number): number {
  const mix = (i: 0 | 1 | 2) => Math.round(from[i] + (to[i] - from[i]) * share);
  return pixel([mix(0), mix(1), mix(2)]);
}

function read(): Palette {
  const probe = document.createElement("span");
  document.body.append(probe);
  // getComputedStyle resolves light-dark() only in a property that takes a colour.
  const colour = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const rgb = (name: string): Rgb => {
    const [red, green, blue] = (colour(name).match(/[\d.]+/g) ?? []).map(Number);
    return [red ?? 0, green ?? 0, blue ?? 0];
  };
  const style = getComputedStyle(document.documentElement);
  const result: Palette = {
    panel: colour("panel"),
    well: colour("well"),
    line: colour("line"),
    ink: colour("ink"),
    soft: colour("soft"),
    ours: colour("ours"),
    oursWash: colour("ours-wash"),
    other: colour("other"),
    warm: colour("warm"),
    rgb: { well: rgb("well"), ink: rgb("ink"), ours: rgb("ours"), warm: rgb("warm"), soft: rgb("soft"), line: rgb("line") },
    sans: style.getPropertyValue("--sans"),
    mono: style.getPropertyValue("--mono"),
  };
  probe.remove();
  return result;
}

function changed(): void {
  current = undefined;
  themeChanged.dispatchEvent(new Event("change"));
}

/** The button that goes through: as the system has it, light, dark. The choice is kept on this machine where the browser allows it. */
export function startTheme(): void {
  const button = byId("theme");
  let mode: Mode = "auto";
  const show = (next: Mode) => {
    mode = next;
    if (mode === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = mode;
    button.textContent = mode[0]!.toUpperCase() + mode.slice(1);
    button.setAttribute("aria-label", `Colours: ${button.textContent}, ${spoken[mode]}`);
    changed();
  };
  try {
    const stored = localStorage.getItem(kept);
    show(modes.find((name) => name === stored) ?? "auto");
  } catch {
    show("auto"); // storage is forbidden here
  }
  button.addEventListener("click", () => {
    show(modes[(modes.indexOf(mode) + 1) % modes.length]!);
    try {
      localStorage.setItem(kept, mode);
    } catch {
      // Not kept, then: the page works without.
    }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}
