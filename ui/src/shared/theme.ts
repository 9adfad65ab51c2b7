import { create } from "zustand";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const KEY = "jarvis.theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");

function kept(): Theme {
  const theme = localStorage.getItem(KEY);
  return themes.find((one) => one === theme) ?? "system";
}

function shownAs(theme: Theme): "light" | "dark" {
  if (theme !== "system") return theme;
  return system.matches ? "dark" : "light";
}

export const useTheme = create<{ theme: Theme; shown: "light" | "dark" }>(() => ({
  theme: kept(),
  shown: shownAs(kept()),
}));

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  useTheme.setState({ theme, shown: shownAs(theme) });
}

/** Shows the theme, and follows the system where it is asked to, and what is chosen in another window. */
export function startTheme(): void {
  const show = ({ shown }: { shown: string }) => {
    document.documentElement.dataset.theme = shown;
  };
  show(useTheme.getState());
  useTheme.subscribe(show);
  system.addEventListener("change", () =>
    useTheme.setState(({ theme }) => ({ theme, shown: shownAs(theme) })),
  );
  window.addEventListener("storage", ({ key }) => {
    if (key === KEY) useTheme.setState({ theme: kept(), shown: shownAs(kept()) });
  });
}
