import type { Setting, SettingValue } from "@/backend";

export interface SettingGroup {
  name: string;
  settings: Setting[];
}

/**
 * Settings by the part before the first dot, in the server's order; only those that the search names, by their key or
 * by the words that `shown` says they are shown with.
 */
export function groupSettings(
  settings: Setting[],
  search: string,
  shown: (setting: Setting) => string = (setting) => setting.description,
): SettingGroup[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, Setting[]>();
  for (const setting of settings) {
    const text = `${setting.key} ${shown(setting)}`.toLowerCase();
    if (!wanted.every((word) => text.includes(word))) continue;
    const name = setting.key.split(".")[0] ?? setting.key;
    groups.set(name, [...(groups.get(name) ?? []), setting]);
  }
  return [...groups].map(([name, members]) => ({ name, settings: members }));
}

/** "wake.refractory_ms" is shown as "Refractory ms" under the heading "wake". */
export function labelOf(key: string): string {
  const words = key.split(".").slice(1).join(" · ").replaceAll("_", " ") || key;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function sameValue(a: SettingValue, b: SettingValue): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What a person typed as a list: parts between commas. */
export function parseList(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}
