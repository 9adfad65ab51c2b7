import { expect, it } from "vitest";

import { visible } from "./visible";

it.each([
  ["Delete “Müller & Söhne.pdf”.\n\tTwo files.", "Delete “Müller & Söhne.pdf”.\n\tTwo files."],
  ["invoice\u202Efdp.exe", "invoice⟨U+202E⟩fdp.exe"],
  ["note\u200B.txt", "note⟨U+200B⟩.txt"],
  ["\u001b[2Kharmless", "⟨U+001B⟩[2Kharmless"],
])("shows %j as it is", (text, shown) => expect(visible(text)).toBe(shown));
