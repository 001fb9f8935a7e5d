import { describe, expect, it } from "vitest";
import { importsOf, Tree } from "../../src/node/readers/imports.js";

/** The imports of a file with this content in a tree of these paths. */
function find(path: string, content: string, others: string[], goModules: Record<string, string> = {}): string[] {
  const tree = new Tree([path, ...others]);
  for (const [folder, module] of Object.entries(goModules)) tree.goModules.set(folder, module);
  return importsOf(path, content, tree);
}

describe("importsOf", () => {
  it("JavaScript, TypeScript, AssemblyScript: relative specifiers in every form", () => {
    const content = `
      import a from "./a.js"; import './b';
      import { type C,
        D } from "../lib/c.js"
      export * from "../../top";
      const e = await import("./e.mjs"), f = require('./f');
      import data from "./data.json";
      import g from "./g/"; import raw from "./h.js?raw";
      import "./component.js"; import "./shape.d.js";
      import fs from "node:fs"; import x from "x"; import y from "@/y"; import self from "./main.js"; import a2 from "./a.js"; import no from "./missing";
      import up from "../../../../outside";
    `;
    const others = ["src/app/a.ts", "src/app/b/index.ts", "src/lib/c.ts", "top.ts", "src/app/e.mjs", "src/app/f.cjs", "src/app/data.json"];
    others.push("src/app/g/index.js", "src/app/h.js", "src/app/component.tsx", "src/app/component.js", "x.ts", "y.ts");
    expect(find("src/app/main.ts", content, others)).toEqual([
      "src/app/a.ts",
      "src/app/b/index.ts",
      "src/lib/c.ts",
      "top.ts",
      "src/app/e.mjs",
      "src/app/f.cjs",
      "src/app/data.json",
      "src/app/g/index.js",
      "src/app/h.js",
      "src/app/component.js",
    ]);
    expect(find("main.js", 'import "./a"', ["a.js"])).toEqual(["a.js"]);
    expect(find("page.vue", '<script>import b from "./b.vue"</script>', ["b.vue"])).toEqual(["b.vue"]);
  });

  it("Python: absolute and relative, modules, packages and names out of them", () => {
    const content = `
import os, app.models
import app.views as views, numpy
from app import settings, models
from app.views import index
from . import sibling, (nothing
from .other import thing  # comment
from .. import pkg
from ..core.base import (
    Base,  # one
    util,
)
from . import NAME
`;
    const others = [
      "app/__init__.py",
      "app/models.py",
      "app/views/__init__.py",
      "app/settings.py",
      "app/web/sibling.py",
      "app/web/other.pyi",
    ];
    others.push("app/pkg/__init__.py", "app/core/base/__init__.py", "app/core/base/util.py", "app/web/__init__.py");
    expect(find("app/web/main.py", content, others)).toEqual([
      "app/models.py",
      "app/views/__init__.py",
      "app/settings.py",
      "app/web/sibling.py",
      "app/web/other.pyi",
      "app/pkg/__init__.py",
      "app/core/base/util.py",
      "app/web/__init__.py",
    ]);
    expect(find("tests/test_a.py", "import tool", ["src/tool.py"])).toEqual(["src/tool.py"]);
    expect(find("a.py", "from b import c", ["b.py"])).toEqual(["b.py"]);
  });

  it("C and kin: beside, below the root, in include and src, or by the only path that ends so", () => {
    const content = `
#include "near.h"
#  include "util/far.h"
#include <lib/api.hpp>
#include <string.h>
#include "only/deep.h"
#include "twice.h"
#import "Objc.h"
`;
    const others = [
      "src/near.h",
      "near.h",
      "util/far.h",
      "include/lib/api.hpp",
      "vendor/string.h",
      "x/only/deep.h",
      "x/twice.h",
      "y/twice.h",
      "src/Objc.h",
    ];
    expect(find("src/main.c", content, others)).toEqual(["src/near.h", "util/far.h", "include/lib/api.hpp", "x/only/deep.h", "src/Objc.h"]);
  });

  it("Go: packages of the module above, tests left out", () => {
    const content = `package main
import "fmt"
import db "example.org/app/internal/db"
import (
	"os"
	_ "example.org/app"
	"example.org/application/x"
)
`;
    const others = ["srv/go.mod", "srv/internal/db/a.go", "srv/internal/db/b.go", "srv/internal/db/b_test.go", "srv/root.go", "x/x.go"];
    expect(find("srv/cmd/main.go", content, others, { srv: "example.org/app" })).toEqual([
      "srv/internal/db/a.go",
      "srv/internal/db/b.go",
      "srv/root.go",
    ]);
    expect(find("cmd/main.go", content, others)).toEqual([]);
    expect(find("main.go", 'import "m/none"', ["a.go"], { ".": "m" })).toEqual([]);
  });

  it("Rust: mod, crate, self, super", () => {
    const content = `
mod parser;
pub(crate) mod nested;
use crate::net::http::{Client, Server};
use crate::config;
pub use self::parser::Tree;
use super::outer::thing;
use super::super::top;
use std::io;
`;
    const others = [
      "src/main.rs",
      "src/a/b/parser.rs",
      "src/a/b/nested/mod.rs",
      "src/net/http.rs",
      "src/config/mod.rs",
      "src/a/outer.rs",
      "src/top.rs",
    ];
    expect(find("src/a/b/mod.rs", content, others)).toEqual([
      "src/a/b/parser.rs",
      "src/a/b/nested/mod.rs",
      "src/net/http.rs",
      "src/config/mod.rs",
      "src/a/outer.rs",
      "src/top.rs",
    ]);
    expect(find("src/lib.rs", "mod a;", ["src/a.rs"])).toEqual(["src/a.rs"]);
    expect(find("src/x.rs", "mod y;\nuse crate::z;", ["src/x/y.rs", "src/z.rs"])).toEqual(["src/x/y.rs"]);
  });

  it("other files import nothing, and hostile content costs no more than its length", () => {
    expect(find("README.md", 'import "./a"', ["a.ts"])).toEqual([]);
    // Quadratic matching of any of these takes minutes: the test runner would give up.
    const long = 256 * 1024;
    find("a.ts", `import${" ".repeat(long)}`, []);
    find("a.ts", "import ".repeat(long / 7), []);
    find("a.py", `from ${".".repeat(long)}`, []);
    find("a.py", "from a import (\n".repeat(long / 16), []);
    find("a.c", `#${" ".repeat(long)}`, []);
    find("a.go", "import (\n".repeat(long / 9), [], { ".": "m" });
    find("a.rs", "pub(\n".repeat(long / 5), []);
    find("lib.rs", `use crate${"::a".repeat(long / 3)};`, []);
  });
});
