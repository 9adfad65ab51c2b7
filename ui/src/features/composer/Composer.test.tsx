import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Tooltip } from "radix-ui";
import { beforeEach, expect, it, vi } from "vitest";

import { Composer } from "./Composer";

beforeEach(() => localStorage.clear());

function show({ accepted = true, writing = false } = {}) {
  const onSend = vi.fn(() => Promise.resolve(accepted));
  const onStop = vi.fn();
  const tree = (
    <Tooltip.Provider>
      <Composer place="new" writing={writing} onSend={onSend} onStop={onStop} />
    </Tooltip.Provider>
  );
  return { onSend, onStop, user: userEvent.setup(), ...render(tree) };
}

const field = () => screen.getByRole("textbox", { name: "Message to Jarvis" });

it("sends on Enter and begins a line on Shift+Enter", async () => {
  const { onSend, user } = show();
  await user.type(field(), "one{Shift>}{Enter}{/Shift}two{Enter}");
  expect(onSend).toHaveBeenCalledExactlyOnceWith("one\ntwo", []);
  expect(field()).toHaveValue("");
});

it("gives the text back that was not accepted", async () => {
  const { user } = show({ accepted: false });
  await user.type(field(), "hello{Enter}");
  expect(field()).toHaveValue("hello");
});

it("puts the text that was not accepted before what was written since", async () => {
  let answer: (accepted: boolean) => void = () => undefined;
  const { onSend, user } = show();
  onSend.mockReturnValue(new Promise((resolve) => (answer = resolve)));
  await user.type(field(), "one{Enter}");
  await user.type(field(), "two");
  answer(false);
  await waitFor(() => expect(field()).toHaveValue("one\n\ntwo"));
});

it("keeps a draft over a reload", async () => {
  const first = show();
  await first.user.type(field(), "half a thou");
  first.unmount();
  show();
  expect(field()).toHaveValue("half a thou");
});

it("stops while an answer is written, and sends nothing then", async () => {
  const { onSend, onStop, user } = show({ writing: true });
  await user.type(field(), "next{Enter}");
  await user.click(screen.getByRole("button", { name: "Stop the answer" }));
  expect(onSend).not.toHaveBeenCalled();
  expect(onStop).toHaveBeenCalledOnce();
});
