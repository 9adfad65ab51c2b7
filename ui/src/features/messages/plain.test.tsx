import { act, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { newMessage } from "@/shared/message";
import { show } from "@/test/show";

import { MessageRow } from "./MessageRow";

vi.mock("@/features/markdown/Markdown", () => {
  throw new Error("The server has just gone.");
});

it("shows an answer as plain text where what draws it cannot be fetched", async () => {
  const message = newMessage({ id: "m", seq: 1, role: "assistant", content: "**Fifty-one.**" });
  show(
    <MessageRow
      message={message}
      last
      busy={false}
      editing={false}
      onEditing={vi.fn()}
      onEdit={vi.fn()}
      onRegenerate={vi.fn()}
    />,
  );
  await act(() => vi.dynamicImportSettled());
  expect(await screen.findByText("**Fifty-one.**")).toBeInTheDocument();
});
