import i18next from "i18next";
import { toast } from "sonner";
import { afterEach, expect, it, vi } from "vitest";

import { RequestFailed, type Problem } from "@/backend";

import { failureOf, isGone, showFailure, showProblem, worded } from "./failure";

const FULL: Problem = {
  code: "disk_full",
  message: "There is no room on the disk for notes.txt.",
  remedy: "Free some space.",
};

afterEach(() => i18next.changeLanguage("en"));

it("tells a failure as the program does, in English", () => {
  expect(worded(FULL)).toEqual(FULL);
});

it("tells it in the window's language, and keeps what the program says", async () => {
  await i18next.changeLanguage("de");
  const told = worded(FULL);
  expect(told.message).toMatch(/kein Platz/);
  expect(told.remedy).toMatch(/^Schaff Platz .*There is no room on the disk for notes\.txt\.\)$/);
  expect(failureOf(new RequestFailed(FULL, 507))).toEqual(told);
});

it("has no words for what the window tells by itself", async () => {
  await i18next.changeLanguage("de");
  const own: Problem = { code: "stream_failed", message: "m", remedy: "r" };
  expect(worded(own)).toBe(own);
});

it("shows the same only once, whoever tells it", () => {
  const shown = vi.spyOn(toast, "error");
  showProblem(FULL);
  showFailure(new RequestFailed(FULL, 507));
  const [first, second] = shown.mock.calls;
  expect(first?.[1]?.id).toBeDefined();
  expect(second).toEqual(first);
  shown.mockRestore();
});

it("knows what is gone", () => {
  expect(isGone(new RequestFailed({ code: "not_found", message: "", remedy: "" }, 404))).toBe(true);
  expect(isGone(new RequestFailed(FULL, 507))).toBe(false);
  expect(isGone(new Error("gone"))).toBe(false);
});
