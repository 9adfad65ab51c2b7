import i18next from "i18next";
import { afterEach, expect, it, vi } from "vitest";

import de from "./de.json";
import en from "./en.json";

interface Texts {
  [key: string]: string | Texts;
}

function flat(texts: Texts, before = ""): [string, string][] {
  return Object.entries(texts).flatMap(([key, text]) =>
    typeof text === "string" ? [[before + key, text] as [string, string]] : flat(text, `${before}${key}.`),
  );
}

const slots = (text: string) => (text.match(/{{\w+}}/g) ?? []).sort();

afterEach(() => i18next.changeLanguage("en"));

it("follows the language that is chosen in another window", async () => {
  localStorage.setItem("jarvis.language", "de");
  window.dispatchEvent(new StorageEvent("storage", { key: "jarvis.language" }));
  await vi.waitFor(() => expect(document.documentElement.lang).toBe("de"));
  localStorage.clear();
});

it("has the same keys in every language", () => {
  expect(flat(de).map(([key]) => key)).toEqual(flat(en).map(([key]) => key));
});

it("has no empty text, and the same slots in every language", () => {
  const german = new Map(flat(de));
  for (const [key, text] of flat(en)) {
    const other = german.get(key) ?? "";
    expect(text.trim() && other.trim(), key).not.toBe("");
    expect(slots(other), key).toEqual(slots(text));
  }
});
