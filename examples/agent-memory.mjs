// The memory of an agent: facts with the things that they are about. A question finds the facts that share words with it, and from them, over
// the things that facts have in common, those that share none; each comes with the way that led to it. What is no longer true is forgotten.
//   npm run build && node examples/agent-memory.mjs
import { Mfn } from "mfn";
import { TokenHasher } from "mfn/text";

const DIMENSIONS = 256; // where a model makes embeddings, they take the place of hashed words
const hasher = new TokenHasher({ dimensions: DIMENSIONS });
const mfn = await Mfn.create({ dimensions: DIMENSIONS, halfLife: 90 * 24 * 3_600_000 }); // links lose half of their weight in 90 days

const plain = (text) => text.replaceAll(/[[\]]/g, "");
/** Remembers a sentence; the things it is about stand in brackets. Links lead both ways, from the fact to the thing and back. */
function remember(text, source) {
  const fact = plain(text);
  const things = [...text.matchAll(/\[(.+?)\]/g)].map(([, name]) => `thing: ${name.toLowerCase()}`);
  mfn.remember(fact, { vector: hasher.vector(fact), value: { source }, links: things.map((to) => ({ to, type: "about" })) });
  for (const thing of things) mfn.link(thing, fact, { type: "named in" });
}

/** Facts for a question: how alike it and they are, or the way from one that is alike. */
function recall(question, { k = 4, least = 0.12 } = {}) {
  const seeds = mfn.similar(hasher.vector(question), { k: 2 }).filter(({ score }) => score >= least);
  if (seeds.length === 0) return [];
  const found = seeds.map(({ key, score }) => ({ fact: key, why: `alike, ${score.toFixed(2)}` }));
  for (const { key, path, score } of mfn.associate(
    seeds.map(({ key }) => key),
    { k: 30, maxHops: 6 },
  )) {
    if (key.startsWith("thing: ") || found.length === k) continue;
    const things = path.filter(({ type }) => type === "about").map(({ to }) => to.slice("thing: ".length));
    found.push({ fact: key, why: `over ${things.join(", then ")}; strength ${score.toFixed(3)}` });
  }
  return found.map((one) => ({ ...one, source: mfn.get(one.fact).source }));
}

/** Forgets a thing and every fact about it. */
function forget(name) {
  const thing = `thing: ${name.toLowerCase()}`;
  if (!mfn.has(thing)) return 0;
  const facts = mfn.associate(thing, { k: 1000, maxHops: 1 }).map(({ key }) => key);
  for (const key of [...facts, thing]) mfn.forget(key);
  return facts.length;
}

const facts = [
  ["[Mara] looks after the [billing service]", "chat, 3 March"],
  ["the [billing service] writes its invoices into the [ledger database]", "runbook"],
  ["the [ledger database] runs on the machine [hel-7]", "inventory"],
  ["[hel-7] is in the [Helsinki hall], whose cooling is renewed in June", "mail from facilities"],
  ["[Jon] looks after the [search service]", "chat, 3 March"],
  ["the [search service] reads from the [product index]", "runbook"],
  ["the [product index] runs on the machine [fra-2]", "inventory"],
  ["[Mara] is on leave in June; [Ines] stands in for her", "calendar"],
];
for (const [text] of facts) hasher.count(plain(text)); // words that many facts have weigh less from now on
for (const [text, source] of facts) remember(text, source);

function show(question) {
  console.log(`\n${question}`);
  for (const { fact, why, source } of recall(question)) console.log(`  ${fact} (${source}; ${why})`);
}
show("In which hall are the invoices?");
show("Who could be hit when the cooling is renewed?");
show("Who looks after billing?");
console.log(`\nforgot ${forget("Mara")} facts about Mara; ${mfn.size} facts and things are left, ${mfn.stats().edges} links`);
show("Who looks after billing?");
