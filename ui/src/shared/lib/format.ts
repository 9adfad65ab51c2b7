const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function formatBytes(bytes: number, language: string): string {
  const step = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const unit = UNITS[step] ?? "byte";
  const value = bytes / 1000 ** step;
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    unitDisplay: unit === "byte" ? "narrow" : "short",
    maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
  }).format(value);
}

export function formatMs(ms: number, language: string): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(ms / 1000)} s`;
}

export function formatTime(at: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
}

export type Age = "today" | "yesterday" | "week" | "older";

/** How long ago, by the calendar of the person's own time zone. */
export function ageOf(at: string, now: Date): Age {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const days = (midnight - new Date(at).getTime()) / 86_400_000;
  if (days <= 0) return "today";
  if (days <= 1) return "yesterday";
  return days <= 7 ? "week" : "older";
}

/** A day as it is said: without the year in this one. */
export function formatDay(at: string, language: string, now: Date, weekday = false): string {
  const date = new Date(at);
  return new Intl.DateTimeFormat(language, {
    day: "numeric",
    month: "long",
    ...(date.getFullYear() !== now.getFullYear() && { year: "numeric" }),
    ...(weekday && { weekday: "long" }),
  }).format(date);
}

/** The time of day. */
export function formatClock(at: string, language: string): string {
  return new Intl.DateTimeFormat(language, { timeStyle: "short" }).format(new Date(at));
}

/** Figures on one line, which is broken between them alone. */
export function formatFigures(figures: (string | false)[]): string {
  return figures
    .filter((figure) => figure !== false)
    .map((figure) => figure.replaceAll(" ", "\u00a0"))
    .join(" · ");
}

/** "a, b and c". */
export function formatList(parts: string[], language: string): string {
  return new Intl.ListFormat(language).format(parts);
}
