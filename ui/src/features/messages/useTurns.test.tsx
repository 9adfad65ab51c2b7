import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, it, vi } from "vitest";

import { api, type TurnAccepted } from "@/backend";
import { newMessage } from "@/shared/message";
import { keys, queryClient } from "@/shared/queries";

import type { MessagePages } from "./useMessages";
import { useTurns } from "./useTurns";

afterEach(() => {
  vi.restoreAllMocks();
  queryClient.clear();
});

const QUESTION = newMessage({ id: "m1", seq: 1, role: "user", content: "What is this?" });
const ANSWER = newMessage({ id: "m2", seq: 2, role: "assistant", turn: "t1", content: "A cat." });
const CHANGED = { ...QUESTION, id: "m3", content: "And this?" };

const kept = () => queryClient.getQueryData<MessagePages>(keys.messages("c"))?.pages[0]?.messages;

it("replaces an edited message and what is behind it once it was accepted", async () => {
  queryClient.setQueryData<MessagePages>(keys.messages("c"), {
    pages: [{ messages: [QUESTION, ANSWER], has_more: false }],
    pageParams: [null],
  });
  let accept: (accepted: TurnAccepted) => void = () => undefined;
  vi.spyOn(api, "edit").mockReturnValue(new Promise((resolve) => (accept = resolve)));
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(() => useTurns(), { wrapper });
  act(() =>
    result.current.edit.mutate({ id: "c", message: QUESTION, content: "And this?", attachments: [] }),
  );
  await vi.waitFor(() => expect(api.edit).toHaveBeenCalledOnce());
  expect(kept()).toEqual([QUESTION, ANSWER]);
  accept({ turn: "t2", message: CHANGED });
  await vi.waitFor(() => expect(kept()).toEqual([CHANGED]));
});
