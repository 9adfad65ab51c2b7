import type { Fact } from "@/backend";

/** A line of the timeline: a heading, which is a time of its day or none over what is pinned, or a fact under it. */
export type Line =
  | { key: string; day: string | null }
  | { key: string; fact: Fact; pinned: boolean; first: boolean; last: boolean };

/** The day in the person's own time zone. */
function dayOf(at: string): string {
  const date = new Date(at);
  return [date.getFullYear(), date.getMonth(), date.getDate()].join("-");
}

/** Facts, the latest first, as lines: what is pinned before all else, the rest by day. */
export function timelineOf(facts: Fact[]): Line[] {
  const pinned = facts.filter((fact) => fact.pinned);
  const days = new Map<string, Fact[]>();
  for (const fact of facts) {
    if (fact.pinned) continue;
    const day = dayOf(fact.valid_from);
    const known = days.get(day);
    if (known) known.push(fact);
    else days.set(day, [fact]);
  }
  const groups = [["pinned", pinned] as const, ...days].filter(([, members]) => members.length > 0);
  return groups.flatMap(([day, members]): Line[] => [
    { key: day, day: day === "pinned" ? null : (members[0]?.valid_from ?? null) },
    ...members.map((fact, index) => ({
      key: fact.id,
      fact,
      pinned: day === "pinned",
      first: index === 0,
      last: index === members.length - 1,
    })),
  ]);
}
