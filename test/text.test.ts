import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenHasher, tokenize } from "../src/text.js";

describe("tokenize", () => {
  it.each([
    ["", []],
    [" \n\t--//..", []],
    ["Hello, world!", ["hello", "world"]],
    ["camelCase PascalCase snake_case kebab-case SCREAMING_CASE", "camel case pascal case snake case kebab case screaming case".split(" ")],
    ["parseHTTPResponse", ["parse", "http", "response"]],
    ["HTML", ["html"]],
    ["aB", ["a", "b"]],
    ["ABc", ["a", "bc"]],
    ["x2y utf8Decoder v10", ["x", "2", "y", "utf", "8", "decoder", "v", "10"]],
    ["src/node/accessLog_v2.ts", ["src", "node", "access", "log", "v", "2", "ts"]],
    ["C:\\Users\\me", ["c", "users", "me"]],
    ["größeÄnderung ÉCOLE", ["größe", "änderung", "école"]],
    ["ВойнаИМир", ["война", "и", "мир"]],
    ["ΑθήναΕλλάδα", ["αθήνα", "ελλάδα"]],
    ["e\u0301te\u0301", ["été"]], // combining marks: the composed form is the same word
    ["q\u0308Q\u0308x", ["q\u0308", "q\u0308x"]], // no composed form: the mark stays with its letter
    ["\u0308 a", ["a"]],
    ["ﬁle ＡＢＣ", ["file", "abc"]], // ligatures and full-width letters
    ["東京都", ["東京", "京都"]],
    ["犬", ["犬"]],
    ["カレー屋2go", ["カレ", "レー", "ー屋", "2", "go"]],
    ["\u{20000}\u{20001}", ["\u{20000}\u{20001}"]],
    ["𐐀𐐨", ["𐐨𐐨"]], // letters beyond the basic plane
    ["a😀b", ["a", "b"]],
    ["x".repeat(100), ["x".repeat(64)]],
  ])("cuts %j", (text, tokens) => {
    expect(tokenize(text)).toEqual(tokens);
  });

  it("keeps every letter and digit of ASCII text, in order and in lower case", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        expect(tokenize(text).join("")).toBe(text.toLowerCase().replace(/[^a-z0-9]/g, ""));
      }),
    );
  });

  it("gives nothing empty, nothing with separators, and its tokens are what it makes of them", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0x10ffff), { maxLength: 60 }), (points) => {
        const text = String.fromCodePoint(...points);
        expect(tokenize(text).filter((token) => token === "" || token !== token.toLowerCase() || /[\s\p{P}]/u.test(token))).toEqual([]);
      }),
    );
    expect(tokenize(tokenize("parseHTTPResponse2xx").join(" "))).toEqual(tokenize("parseHTTPResponse2xx"));
  });
});

/** Inner product. */
function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

describe("TokenHasher", () => {
  it("takes a text as well as its tokens", () => {
    const text = "The parser of accessLog lines";
    const [whole, cut] = [new TokenHasher(), new TokenHasher()];
    whole.count(text);
    cut.count(tokenize(text));
    expect(whole.vector(text)).toEqual(cut.vector(tokenize(text)));
    expect(whole.vector(text)).not.toEqual(whole.vector([...text]));
  });

  it("gives vectors of length 1, and zeros for no tokens", () => {
    for (const dimensions of [1, 3, 7, 8, 100, 128, 1000, 65536]) {
      const hasher = new TokenHasher({ dimensions });
      const vector = hasher.vector(["memory"]);
      expect(vector).toHaveLength(dimensions);
      expect(dot(vector, vector)).toBeCloseTo(1, 6);
      expect(vector.filter((value) => value !== 0)).toHaveLength(Math.min(8, dimensions));
      expect(hasher.vector([]).every((value) => value === 0)).toBe(true);
    }
    expect(new TokenHasher().dimensions).toBe(128);
  });

  it("writes into the caller's array", () => {
    const hasher = new TokenHasher({ dimensions: 16 });
    const out = new Float32Array(16).fill(9);
    expect(hasher.vector(["a", "b"], out)).toBe(out);
    expect(out).toEqual(hasher.vector(["a", "b"]));
    expect(() => hasher.vector(["a"], new Float32Array(15))).toThrow(expect.objectContaining({ code: "ERR_DIMENSION" }));
  });

  it("gives the same bits everywhere and always", () => {
    const hasher = new TokenHasher({ dimensions: 64, seed: 7 });
    for (const text of ["the quick brown fox", "the lazy dog", "the the dog"]) hasher.count(tokenize(text));
    const vector = hasher.vector(tokenize("the dog and the fox and the dog the end"));
    const bytes = new Uint8Array(vector.buffer);
    expect(createHash("sha256").update(bytes).digest("hex").slice(0, 16)).toMatchInlineSnapshot(`"fbf4591fff97c584"`);
  });

  it("seeds have nothing in common", () => {
    const one = new TokenHasher({ seed: 1, dimensions: 1024 });
    const two = new TokenHasher({ seed: 2, dimensions: 1024 });
    const tokens = Array.from({ length: 50 }, (_, i) => `token${i}`);
    expect(Math.abs(dot(one.vector(tokens), two.vector(tokens)))).toBeLessThan(0.15);
    expect(dot(one.vector(tokens), new TokenHasher({ seed: 1, dimensions: 1024 }).vector(tokens))).toBeCloseTo(1, 6);
  });

  it("keeps inner products of the weighted counts to about 1/sqrt(dimensions), without bias", () => {
    const hasher = new TokenHasher({ dimensions: 128 });
    let sum = 0;
    let square = 0;
    const trials = 400;
    for (let trial = 0; trial < trials; trial++) {
      // Ten words each, five of them shared: the cosine of the counts is 0.5.
      const words = (from: number) => Array.from({ length: 10 }, (_, i) => `w${trial * 100 + from + i}`);
      const error = dot(hasher.vector(words(0)), hasher.vector(words(5))) - 0.5;
      sum += error;
      square += error * error;
    }
    expect(Math.abs(sum / trials)).toBeLessThan(0.02);
    expect(Math.sqrt(square / trials)).toBeLessThan(1.2 / Math.sqrt(128));
  });

  it("similar texts are nearer than others", () => {
    const hasher = new TokenHasher();
    const vector = (text: string) => hasher.vector(tokenize(text));
    const cat = vector("GET /articles/cats/feeding");
    expect(dot(cat, vector("GET /articles/cats/sleeping"))).toBeGreaterThan(dot(cat, vector("POST /checkout/basket")) + 0.3);
  });

  it("words of many documents weigh less once documents are counted", () => {
    const hasher = new TokenHasher({ dimensions: 1024 });
    const near = () => dot(hasher.vector(["the", "cat"]), hasher.vector(["the", "dog"]));
    expect(hasher.documents).toBe(0);
    expect(near()).toBeCloseTo(0.5, 1);
    for (let i = 0; i < 100; i++) hasher.count(["the", "the", `word${i}`]);
    hasher.count(["cat"]);
    hasher.count(["dog"]);
    expect(hasher.documents).toBe(102);
    expect(near()).toBeLessThan(0.05);
  });

  it("repetition counts by 1 + ln tf", () => {
    const hasher = new TokenHasher({ dimensions: 4096 });
    for (const times of [2, 3, 10, 1000]) {
      const vector = hasher.vector([...Array(times).fill("often"), "once"]);
      const ratio = dot(vector, hasher.vector(["often"])) / dot(vector, hasher.vector(["once"]));
      expect(ratio / (1 + Math.log(times))).toBeCloseTo(1, 5);
    }
  });

  it("refuses bad options", () => {
    for (const dimensions of [0, -1, 1.5, 65537, Number.NaN, "8" as unknown as number]) {
      expect(() => new TokenHasher({ dimensions })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    }
    for (const seed of [-1, 0.5, 2 ** 32, Number.NaN]) {
      expect(() => new TokenHasher({ seed })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    }
  });

  it("crafted neighbours do not collide: one-character differences, anagrams, prefixes", () => {
    const hasher = new TokenHasher({ dimensions: 4096 });
    const words = ["ab", "ba", "a", "aa", "aaa", "aab", "aba", "baa", "b", "\0", "\0\0"];
    for (const a of words) {
      for (const b of words) if (a !== b) expect(Math.abs(dot(hasher.vector([a]), hasher.vector([b])))).toBeLessThan(0.6);
    }
  });
});
