import type { Telemetry, ToolEntry } from "@/backend";

export interface ToolGroup {
  name: string;
  tools: ToolEntry[];
}

/** A tool's name as it is read. */
export function plainName(tool: string): string {
  return tool.replaceAll("_", " ");
}

/** Those in which every word that is looked for occurs, by group, in the order in which they came. */
export function groupTools(
  tools: ToolEntry[],
  search: string,
  groupName: (group: string) => string,
): ToolGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, ToolEntry[]>();
  for (const tool of tools) {
    const { name, group, description, examples } = tool;
    const all = [name, plainName(name), group, groupName(group), description, ...examples]
      .join(" ")
      .toLowerCase();
    if (!words.every((word) => all.includes(word))) continue;
    groups.set(group, [...(groups.get(group) ?? []), tool]);
  }
  return [...groups].map(([name, members]) => ({ name, tools: members }));
}

/** What share of the calls that ran succeeded, 0 to 1, and how long one took; nothing where none ran. */
export function ratesOf({
  calls,
  succeeded,
  total_ms,
}: Telemetry): { succeeded: number; mean_ms: number } | null {
  return calls === 0 ? null : { succeeded: succeeded / calls, mean_ms: total_ms / calls };
}

interface Schema {
  properties?: Record<string, { type?: string | string[]; default?: unknown; enum?: unknown[] }>;
  required?: string[];
}

const BLANKS: Record<string, unknown> = {
  string: "",
  integer: 0,
  number: 0,
  boolean: false,
  array: [],
  object: {},
};

/** Arguments to begin from: everything that a schema requires, blank. */
export function blankArguments(parameters: unknown): Record<string, unknown> {
  const { properties = {}, required = [] } = (parameters ?? {}) as Schema;
  return Object.fromEntries(
    required.map((name) => {
      const { type, default: given, enum: choices } = properties[name] ?? {};
      const kind = Array.isArray(type) ? type[0] : type;
      return [name, given ?? choices?.[0] ?? BLANKS[kind ?? "string"] ?? null];
    }),
  );
}

/** Where a parser found fault, where it says so. Both begin at 1. */
export function placeOf(message: string): { line: number; column: number } | null {
  const found =
    /\bline (\d+)(?:,? (?:at )?col(?:umn)? (\d+))?/i.exec(message) ?? /\b(\d+):(\d+)\b/.exec(message);
  return found ? { line: Number(found[1]), column: Number(found[2] ?? 1) } : null;
}

/** Where in a text that is, counted in characters. */
export function offsetOf(text: string, { line, column }: { line: number; column: number }): number {
  const before = text.split("\n").slice(0, line - 1);
  const start = before.reduce((sum, one) => sum + one.length + 1, 0);
  return Math.min(text.length, start + column - 1);
}
