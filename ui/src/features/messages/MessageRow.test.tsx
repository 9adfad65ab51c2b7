import { screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { api, shell, type Message } from "@/backend";
import { newMessage } from "@/shared/message";
import { queryClient } from "@/shared/queries";
import { show } from "@/test/show";

import { MessageRow } from "./MessageRow";

const PICTURE = { id: "p", name: "cat.png", media_type: "image/png", size_bytes: 900 };
const TEXT = { id: "t", name: "notes.txt", media_type: "text/plain", size_bytes: 5 };

function message(fields: Partial<Message>): Message {
  return newMessage({ id: "m", seq: 1, role: "user", turn: "t", content: "What is this?", ...fields });
}

function row(fields: Partial<Message>, editing = false) {
  const onEdit = vi.fn(() => Promise.resolve(true));
  const row = (
    <MessageRow
      message={message(fields)}
      last
      busy={false}
      editing={editing}
      onEditing={vi.fn()}
      onEdit={onEdit}
      onRegenerate={vi.fn()}
    />
  );
  return { onEdit, ...show(row) };
}

beforeEach(() => {
  // jsdom makes no addresses for bytes.
  Object.assign(URL, { createObjectURL: () => "blob:here", revokeObjectURL: () => undefined });
  vi.spyOn(api, "attachment").mockResolvedValue(new Blob(["bytes"]));
});
afterEach(() => {
  vi.restoreAllMocks();
  queryClient.clear();
});

it("shows a picture small, by an address of this window, and large when it is asked for", async () => {
  const { user } = row({ attachments: [PICTURE] });
  expect(await screen.findByRole("img", { name: "cat.png" })).toHaveAttribute("src", "blob:here");
  expect(api.attachment).toHaveBeenCalledExactlyOnceWith("p");
  await user.click(screen.getByRole("button", { name: "Show cat.png large" }));
  const large = screen.getByRole("dialog", { name: "cat.png" });
  expect(await within(large).findByRole("img", { name: "cat.png" })).toBeInTheDocument();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

it("saves a text", async () => {
  const save = vi.spyOn(shell, "saveFile").mockResolvedValue(true);
  const { user } = row({ attachments: [TEXT], content: "" });
  await user.click(screen.getByRole("button", { name: "Save notes.txt" }));
  await vi.waitFor(() => expect(save).toHaveBeenCalledOnce());
  expect(save.mock.calls[0]?.[0].name).toBe("notes.txt");
});

it("keeps what was attached when a message is edited, but for what is taken away", async () => {
  const { user, onEdit } = row({ attachments: [PICTURE, TEXT] }, true);
  await user.click(screen.getByRole("button", { name: "Remove notes.txt" }));
  await user.type(screen.getByRole("textbox"), " Tell me.{Enter}");
  expect(onEdit).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ id: "m" }),
    "What is this? Tell me.",
    [PICTURE],
  );
});

it("says what the model was not given", () => {
  row({ role: "assistant", notes: [{ attachment: "p", name: "cat.png", limited: "not_seen" }] });
  expect(
    screen.getByText("This model cannot see pictures: it knows of cat.png only the name."),
  ).toBeInTheDocument();
});
