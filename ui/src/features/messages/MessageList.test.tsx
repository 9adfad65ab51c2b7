import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { beforeEach, expect, it, vi } from "vitest";

import type { Message } from "@/backend";
import { newMessage } from "@/shared/message";
import { show } from "@/test/show";

import { MessageList } from "./MessageList";

beforeEach(() => {
  // jsdom lays nothing out: rows of 100 pixels in a window of 400.
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(400);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(100);
});

const question = (seq: number, content: string) => newMessage({ id: `m${seq}`, seq, role: "user", content });
const answer = (seq: number, fields: Partial<Message>) =>
  newMessage({ id: `m${seq}`, seq, role: "assistant", turn: `t${seq}`, ...fields });

function list(first: Message[]) {
  const onEdit = vi.fn(() => Promise.resolve(true));
  let next: (messages: Message[]) => void = () => undefined;
  function Changing() {
    const [messages, setMessages] = useState(first);
    next = setMessages;
    return <MessageList messages={messages} busy={false} onEdit={onEdit} onRegenerate={() => undefined} />;
  }
  return { onEdit, ...show(<Changing />), change: (messages: Message[]) => act(() => next(messages)) };
}

const editor = () => screen.queryByRole("textbox", { name: "Edit and send again" });
const open = () => screen.getByRole("button", { name: "Edit and send again" });

it("closes a message that is edited once it was accepted, and keeps the text until then", async () => {
  const { onEdit, user } = list([question(1, "What is this?")]);
  onEdit.mockResolvedValueOnce(false);
  await user.click(open());
  await user.type(screen.getByRole("textbox"), " Tell me.{Enter}");
  await waitFor(() => expect(editor()).not.toHaveAttribute("readonly"));
  expect(editor()).toHaveValue("What is this? Tell me.");
  await user.keyboard("{Enter}");
  await waitFor(() => expect(editor()).not.toBeInTheDocument());
  expect(onEdit).toHaveBeenCalledTimes(2);
});

it("keeps a message that is edited when it is scrolled out of sight", async () => {
  const answers = Array.from({ length: 100 }, (_, index) =>
    answer(index + 2, { content: `Answer ${index}.` }),
  );
  const { user } = list([question(1, "What is this?"), ...answers]);
  const log = screen.getByRole("log");
  fireEvent.scroll(log, { target: { scrollTop: 0 } });
  await user.click(open());
  await user.type(screen.getByRole("textbox"), " Tell me.");
  fireEvent.scroll(log, { target: { scrollTop: 6_000 } });
  await waitFor(() => expect(screen.queryByText("Answer 0.")).not.toBeInTheDocument());
  expect(editor()).toHaveValue("What is this? Tell me.");
});

it("reads out an answer when it is finished, and none that was there before", () => {
  const before = [question(1, "One?"), answer(2, { content: "First." })];
  const { change } = list(before);
  expect(screen.getByRole("log")).toHaveAttribute("aria-live", "off");
  const told = screen.getByRole("status");
  change([...before, question(3, "Two?")]);
  change([...before, question(3, "Two?"), answer(4, { content: "Sec", status: "streaming" })]);
  expect(told).toBeEmptyDOMElement();
  change([...before, question(3, "Two?"), answer(4, { content: "Second." })]);
  expect(told).toHaveTextContent(/^Second\.$/);
  // A question that was not accepted, and an answer that is written anew.
  change([...before, question(3, "Two?"), answer(4, { content: "Second." }), question(5, "Three?")]);
  change([...before, question(3, "Two?")]);
  expect(told).toHaveTextContent(/^Second\.$/);
});
