import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Tooltip } from "radix-ui";
import { expect, it, vi } from "vitest";

import { HotkeyRecorder } from "./HotkeyRecorder";

function show(value: string) {
  const changed = vi.fn();
  render(
    <Tooltip.Provider>
      <HotkeyRecorder label="Hotkey" value={value} onChange={changed} />
    </Tooltip.Provider>,
  );
  return {
    changed,
    user: userEvent.setup(),
    button: screen.getByRole("button", { name: /^Hotkey: .*Press/ }),
  };
}

it("takes what is pressed", async () => {
  const { changed, user, button } = show("");
  await user.click(button);
  expect(button).toHaveTextContent("Press the keys");
  await user.keyboard("{Control>}{Alt>} {/Alt}{/Control}");
  expect(changed).toHaveBeenCalledExactlyOnceWith("Ctrl+Alt+Space");
});

it("leaves the old one on Escape", async () => {
  const { changed, user, button } = show("Ctrl+Alt+Space");
  await user.click(button);
  await user.keyboard("{Escape}");
  expect(changed).not.toHaveBeenCalled();
  expect(button).toHaveTextContent("CtrlAltSpace");
});

it("can be none", async () => {
  const { changed, user } = show("F9");
  await user.click(screen.getByRole("button", { name: "Hotkey: none" }));
  expect(changed).toHaveBeenCalledExactlyOnceWith("");
});
