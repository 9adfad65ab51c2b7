import { expect, it } from "vitest";

import { startTheme, useTheme } from "./theme";

it("follows the theme that is chosen in another window", () => {
  startTheme();
  expect(document.documentElement.dataset.theme).toBe("light");
  localStorage.setItem("jarvis.theme", "dark");
  window.dispatchEvent(new StorageEvent("storage", { key: "jarvis.theme" }));
  expect(document.documentElement.dataset.theme).toBe("dark");
  expect(useTheme.getState().theme).toBe("dark");
});
