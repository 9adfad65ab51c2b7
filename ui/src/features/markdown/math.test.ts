import { expect, it } from "vitest";

import { normaliseMath } from "./math";

it.each([
  ["inline", "is \\(x\\).", "is $$x$$."],
  ["single dollars", "is $x_1$.", "is $$x_1$$."],
  ["display", "so \\[x = 1\\] holds", "so \n\n$$\nx = 1\n$$\n\n holds"],
  ["double dollars on a line", "$$x = 1$$", "\n\n$$\nx = 1\n$$\n\n"],
  ["prices", "from $5 to $10", "from $5 to $10"],
  ["prices side by side", "$5-$10", "$5-$10"],
  ["variables of a shell", "`$HOME/$USER` and $x$", "`$HOME/$USER` and $$x$$"],
  ["code", "```sh\necho $a $b$\n```", "```sh\necho $a $b$\n```"],
  ["code that is still being written", "```sh\necho \\(x\\)", "```sh\necho \\(x\\)"],
  ["nothing", "no formula", "no formula"],
])("reads %s", (_, text, expected) => expect(normaliseMath(text)).toBe(expected));
