// Many keys at a call.

import { WINDOW } from "../../core/arena";
import { lookupMany } from "../batch";
import { recordOf } from "../registry";
import { visit } from "./columns";
import { hasExpired } from "./epochs";
import { cache } from "./layout";

/** Replaces each of the `n` keys of the window by the address of its record, and each found counts as a hit, or by 0. */
export function getMany(n: u32): void {
  lookupMany(n);
  const old = cache().expired != 0;
  for (let at = WINDOW; at < WINDOW + ((<usize>n) << 2); at += 4) {
    const id = load<i32>(at);
    if (id < 0 || (old && hasExpired(<u32>id))) {
      store<u32>(at, 0);
    } else {
      visit(<u32>id);
      store<u32>(at, <u32>recordOf(<u32>id));
    }
  }
}
