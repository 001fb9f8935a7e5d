// Recommendations that are made where the visitor is: no server sees what was looked at. recommend.html shows it; what is here runs anywhere.
import { Mfn } from "mfn";
import { TokenHasher } from "mfn/text";

/** What a small shop sells: name, description, and what it cannot be used without. */
export const catalogue = [
  ["espresso machine", "makes espresso from ground coffee, with a steam wand for milk", "coffee beans"],
  ["coffee beans", "a kilo of roasted arabica coffee"],
  ["coffee grinder", "hand mill with a steel burr for coffee", "coffee beans"],
  ["milk jug", "steel jug for steamed milk, for latte and cappuccino"],
  ["pour-over filter", "ceramic filter holder for brewed coffee", "paper filters"],
  ["paper filters", "a hundred paper filters for brewed coffee"],
  ["teapot", "cast iron teapot with a strainer for leaf tea"],
  ["green tea", "leaf tea from Japan, steamed"],
  ["tea strainer", "fine steel strainer for leaf tea"],
  ["road bicycle", "light bicycle with an aluminium frame and 22 gears"],
  ["bicycle lock", "hardened steel lock for a bicycle frame"],
  ["bicycle pump", "floor pump with a gauge for bicycle tyres"],
  ["inner tube", "spare tube for bicycle tyres of 28 inches", "tyre levers"],
  ["tyre levers", "three levers to take bicycle tyres off"],
  ["cycling helmet", "light helmet for the bicycle, with a rear light"],
  ["rain jacket", "light waterproof jacket for cycling and hiking"],
  ["hiking boots", "waterproof leather boots for hiking"],
  ["wool socks", "merino socks for hiking, in pairs"],
  ["hiking backpack", "backpack of 40 litres with a rain cover"],
  ["tent", "light tent for two, waterproof", "tent pegs"],
  ["tent pegs", "ten aluminium pegs for a tent"],
  ["sleeping bag", "down sleeping bag for cold nights"],
  ["camping stove", "gas stove for cooking outside", "gas cartridge"],
  ["gas cartridge", "gas for a camping stove"],
].map(([name, description, needs]) => ({ name, description, needs }));

/** What others looked at, visit by visit: numbers of the catalogue. */
const visits = `0 1 3|0 2 1|2 1 4 5|4 5 1|4 2 1 5|6 7 8|7 6|6 8 7|0 3 1|9 10 14|9 14 10 11|12 13 11|11 12 13|9 11 12|14 15 9|15 16 17
16 17 18|18 19 20|19 20 21|19 21 22 23|22 23|21 19 22|18 16 15|16 17 15|0 2 3|2 4 5 1|12 13|9 10 11|22 23 19|7 8 6`;

/** Learns the catalogue and the visits; then tells what goes with what a visitor looks at, and learns from that too. */
export async function createRecommender() {
  const hasher = new TokenHasher({ dimensions: 256 });
  for (const { name, description } of catalogue) hasher.count(`${name} ${description}`);
  const mfn = await Mfn.create({ dimensions: hasher.dimensions });
  for (const { name, description, needs } of catalogue) {
    const links = needs === undefined ? [] : [{ to: needs, type: "needs" }];
    mfn.remember(name, { vector: hasher.vector(`${name} ${description}`), value: description, links });
  }
  for (const [i, visit] of visits.split(/[|\n]/).entries()) {
    for (const item of visit.split(" ")) mfn.observe(`visit ${i}`, catalogue[item].name);
  }
  const seen = new Set();
  return {
    /** The visitor looks at a thing. */
    look(name) {
      seen.add(name);
      mfn.observe("visitor", name);
    },
    /** Up to k things the visitor has not seen, each with its probability and the reasons for it. */
    recommend(k = 4) {
      const { results } = mfn.recall({ stream: "visitor" }, { k: k + seen.size, strategy: "parallel" });
      return results
        .filter(({ key }) => !seen.has(key))
        .slice(0, k)
        .map(({ key, value, probability, evidence: { dsr, alm, cpe } }) => ({
          name: key,
          description: value,
          probability,
          reasons: [
            cpe && cpe.contribution > 0 && `others looked at it next (${Math.round(100 * cpe.probability)} %)`,
            alm && alm.path.length > 0 && alm.path.map(({ from, type, to }) => `${from} ${type} ${to}`).join(", "),
            dsr && dsr.similarity > 0.15 && `like ${dsr.to ?? "what was looked at"} (${dsr.similarity.toFixed(2)})`,
          ].filter(Boolean),
        }));
    },
    dispose: () => mfn.dispose(),
  };
}
