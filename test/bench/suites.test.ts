import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { suites } from "../../bench/suites/index.js";

it("lists every suite that there is, once", () => {
  const files = readdirSync(new URL("../../bench/suites", import.meta.url)).filter((name) => name.endsWith(".ts") && name !== "index.ts");
  expect(
    Object.keys(suites)
      .map((name) => `${name}.ts`)
      .sort(),
  ).toEqual(files.sort());
});
