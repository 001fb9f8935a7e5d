// A Chromium of this machine, driven without a window.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

/** Where a Chromium usually is; CHROMIUM names another. */
const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** @returns {string | undefined} the program; undefined if there is none */
export function findChromium() {
  const given = process.env["CHROMIUM"];
  return (given ? [given] : places).find(existsSync);
}

/** @returns {Promise<import("playwright-core").Browser>} */
export function launchChromium() {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("there is no Chromium here: set CHROMIUM to its path");
  const quiet = [
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--hide-scrollbars",
  ];
  return chromium.launch({ executablePath, args: ["--no-sandbox", ...quiet] });
}
