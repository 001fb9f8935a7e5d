// Many keys at a call.

import { WINDOW } from "../../core/arena";
import { lookupMany } from "../batch";
import { visit } from "./columns";
import { hasExpired } from "./epochs";
import { cache } from "./layout";

/** Replaces each of the `n` keys of the window by its id, and each found counts as a hit, or by -1. */
export function getMany(n: u32): void {
  lookupMany(n);
  const old = cache().expired != 0;
  for (let i: usize = 0; i < <usize>n; i++) {
    const id = load<i32>(WINDOW + (i << 2));
    if (id < 0) continue;
    if (old && hasExpired(<u32>id)) store<i32>(WINDOW + (i << 2), -1);
    else visit(<u32>id);
  }
}
