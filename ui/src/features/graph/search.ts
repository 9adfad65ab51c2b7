import type { GraphNode } from "@/backend";

/** Text as it is compared: small letters without accents. */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss");
}

/** How well a name fits: it is it, begins with it, has a word that does, or has it somewhere. */
function fit(name: string, sought: string): number {
  if (name === sought) return 4;
  if (name.startsWith(sought)) return 3;
  const at = name.indexOf(sought);
  if (at < 0) return 0;
  return new RegExp(`[^\\p{L}\\p{N}]${escaped(sought)}`, "u").test(name) ? 2 : 1;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A name that can be looked for. */
export interface SearchName {
  node: GraphNode;
  name: string;
}

export function searchNames(nodes: readonly GraphNode[], nameOf: (node: GraphNode) => string): SearchName[] {
  return nodes.map((node) => ({ node, name: folded(nameOf(node)) }));
}

/** The entities with this in their names, the best fit first, and of those the best connected. */
export function findByName(names: readonly SearchName[], text: string, most: number): GraphNode[] {
  const sought = folded(text.trim());
  if (sought === "") return [];
  return names
    .map(({ node, name }) => ({ node, fit: fit(name, sought) }))
    .filter((found) => found.fit > 0)
    .sort((a, b) => b.fit - a.fit || b.node.degree - a.node.degree)
    .slice(0, most)
    .map(({ node }) => node);
}
