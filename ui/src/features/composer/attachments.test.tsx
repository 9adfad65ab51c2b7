import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Tooltip } from "radix-ui";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { api, RequestFailed, type Attachment } from "@/backend";
import { keptUploads, useUploads } from "@/features/attachments/uploads";
import { queryClient } from "@/shared/queries";

import { Composer } from "./Composer";

beforeEach(() => {
  localStorage.clear();
  useUploads.setState({ places: {} });
});
afterEach(() => void vi.restoreAllMocks());

const TEXT: Attachment = { id: "a1", name: "notes.txt", media_type: "text/plain", size_bytes: 5 };
const file = (name = "notes.txt") => new File(["hello"], name, { type: "text/plain" });

function show({ place = "new", accepted = true } = {}) {
  const onSend = vi.fn(() => Promise.resolve(accepted));
  const view = render(
    <QueryClientProvider client={queryClient}>
      <Tooltip.Provider>
        <Composer place={place} writing={false} onSend={onSend} onStop={() => undefined} />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  // What is refused by its kind is the server's business.
  return { onSend, user: userEvent.setup({ applyAccept: false }), ...view };
}

const picker = () => screen.getByTestId("file-picker");
const field = () => screen.getByRole("textbox", { name: "Message to Jarvis" });
const send = () => screen.getByRole("button", { name: "Send" });

it("sends what was picked, when it has arrived, with or without words", async () => {
  let arrive: (attachment: Attachment) => void = () => undefined;
  vi.spyOn(api, "attach").mockReturnValue(new Promise((resolve) => (arrive = resolve)));
  const { onSend, user } = show();
  await user.upload(picker(), file());
  expect(screen.getByRole("progressbar", { name: "Sending notes.txt" })).toBeInTheDocument();
  expect(send()).toBeDisabled();
  arrive(TEXT);
  await waitFor(() => expect(send()).toBeEnabled());
  await user.click(send());
  expect(onSend).toHaveBeenCalledExactlyOnceWith("", [TEXT]);
  expect(screen.queryByText("notes.txt")).not.toBeInTheDocument();
});

it("takes files that are pasted, but not the picture of a text", () => {
  const attach = vi.spyOn(api, "attach").mockResolvedValue(TEXT);
  show();
  fireEvent.paste(field(), { clipboardData: { files: [file()], getData: () => "cells" } });
  expect(attach).not.toHaveBeenCalled();
  fireEvent.paste(field(), { clipboardData: { files: [file()], getData: () => "" } });
  expect(attach).toHaveBeenCalledOnce();
});

it("takes files that are dropped on the window", async () => {
  vi.spyOn(api, "attach").mockResolvedValue(TEXT);
  show();
  const dataTransfer = { types: ["Files"], files: [file()] };
  fireEvent.dragOver(window, { dataTransfer });
  expect(screen.getByText("Drop the files to attach them")).toBeInTheDocument();
  fireEvent.drop(window, { dataTransfer });
  expect(await screen.findByText("notes.txt")).toBeInTheDocument();
  expect(screen.queryByText("Drop the files to attach them")).not.toBeInTheDocument();
});

it("says why one was refused, lets it be tried again and be removed", async () => {
  const refusal = { code: "bad_request", message: "Not taken.", remedy: "Take another." } as const;
  const attach = vi
    .spyOn(api, "attach")
    .mockRejectedValueOnce(new RequestFailed(refusal, 415))
    .mockResolvedValueOnce(TEXT);
  const { onSend, user } = show();
  await user.upload(picker(), file("notes.txt"));
  expect(await screen.findByRole("alert")).toHaveTextContent("notes.txt: Not taken. Take another.");
  await user.click(screen.getByRole("button", { name: "Try notes.txt again" }));
  await waitFor(() => expect(screen.queryByRole("alert")).not.toBeInTheDocument());
  expect(attach).toHaveBeenCalledTimes(2);
  await user.click(screen.getByRole("button", { name: "Remove notes.txt" }));
  expect(send()).toBeDisabled();
  expect(onSend).not.toHaveBeenCalled();
});

it("keeps what has arrived over a reload, and gives back what was not accepted", async () => {
  vi.spyOn(api, "attach").mockResolvedValue(TEXT);
  const first = show({ place: "kept", accepted: false });
  await first.user.upload(picker(), file());
  await waitFor(() => expect(send()).toBeEnabled());
  await first.user.click(send());
  expect(first.onSend).toHaveBeenCalledExactlyOnceWith("", [TEXT]);
  expect(await screen.findByText("notes.txt")).toBeInTheDocument();
  first.unmount();

  useUploads.setState({ places: keptUploads() });
  show({ place: "kept" });
  expect(
    within(screen.getByRole("list", { name: "Attachments" })).getByText("notes.txt"),
  ).toBeInTheDocument();
});

it("takes no more files than go with a message", async () => {
  const attach = vi.spyOn(api, "attach").mockResolvedValue(TEXT);
  const { user } = show();
  await user.upload(
    picker(),
    Array.from({ length: 10 }, (_, index) => file(`${index}.txt`)),
  );
  expect(attach).toHaveBeenCalledTimes(8);
});

it("shows a name that would be markup as what it is", async () => {
  const name = '<img src=x onerror="alert(1)">.txt';
  vi.spyOn(api, "attach").mockResolvedValue({ ...TEXT, name });
  const { user, container } = show();
  await user.upload(picker(), file(name));
  expect(await screen.findByText(name)).toBeInTheDocument();
  expect(container.querySelector("img")).toBeNull();
});
