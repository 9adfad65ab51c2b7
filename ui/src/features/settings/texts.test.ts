import { describe, expect, it } from "vitest";

import type { Setting } from "@/backend";
import de from "@/shared/i18n/settings.de.json";
import en from "@/shared/i18n/settings.en.json";

import { choiceText, settingText } from "./texts";

const setting = (key: string): Setting => ({
  key,
  value: 1,
  default: 1,
  description: "In the server's words.",
  kind: "number",
});

describe("the words of a setting", () => {
  it("come from the language of the window", () => {
    expect(settingText(setting("tts.speed"), "de")).toEqual({
      label: "Tempo",
      description: "0,5 (halb) bis 2,0 (doppelt).",
    });
  });

  it("are the server's where there are no others", () => {
    for (const language of ["en", "de"]) {
      expect(settingText(setting("new.some_thing"), language)).toEqual({
        label: "Some thing",
        description: "In the server's words.",
      });
    }
  });

  it("name choices, and leave what they do not know as it is", () => {
    expect(choiceText("desktop.hotkey_mode", "toggle", "de")).toBe("umschalten");
    expect(choiceText("desktop.hotkey_mode", "other", "de")).toBe("other");
    expect(choiceText("vad.engine", "silero", "de")).toBe("silero");
  });

  it("are whole in German for all that has its own in English", () => {
    for (const key of Object.keys(en)) expect(de).toHaveProperty([key]);
    for (const [key, { label, note }] of Object.entries(de)) expect(label && note, key).toBeTruthy();
  });
});
