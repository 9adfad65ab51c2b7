import { screen, within } from "@testing-library/react";
import { useTranslation } from "react-i18next";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { api, type Teaching, type WakeWord } from "@/backend";
import { nameWakePhrase } from "@/shared/i18n";
import { keys, queryClient } from "@/shared/queries";
import { show } from "@/test/show";

import { Teach } from "./Teach";
import { useNamedWakePhrase } from "./useWakeWords";
import { WakeWords } from "./WakeWords";

function word(fields: Partial<WakeWord>): WakeWord {
  return {
    id: "hey-jarvis",
    phrase: "Hey Jarvis",
    origin: "catalogue",
    licence: "CC-BY-NC-SA-4.0",
    note: "Non-commercial use only.",
    there: true,
    in_use: true,
    ...fields,
  };
}

const computer: Teaching = { phrase: "computer", recordings: 0, wanted: 5, step: { name: "recording" } };

/** What the program tells, as an event would. */
function told(teaching: Teaching | null) {
  queryClient.setQueryData(keys.teaching, teaching);
}

beforeEach(() => {
  vi.spyOn(api, "teaching").mockReturnValue(new Promise(() => undefined));
  queryClient.setQueryData(keys.teaching, null);
});
afterEach(() => {
  vi.restoreAllMocks();
  queryClient.clear();
});

it("shows which wake words there are, chooses another, and removes one that was taught after asking", async () => {
  const words = [
    word({
      id: "computer",
      phrase: "computer",
      origin: "taught",
      licence: null,
      note: null,
      in_use: false,
    }),
    word({}),
    word({ id: "absent", phrase: "absent", there: false, in_use: false }),
  ];
  vi.spyOn(api, "wakeWords").mockResolvedValue(words);
  const choose = vi.spyOn(api, "useWakeWord").mockResolvedValue(undefined);
  const remove = vi.spyOn(api, "removeWakeWord").mockResolvedValue(undefined);
  const { user } = show(<WakeWords />);
  const used = (await screen.findByText("“Hey Jarvis”")).closest("li");
  expect(within(used as HTMLElement).getByText("In use")).toBeInTheDocument();
  expect(screen.getAllByText(/CC-BY-NC-SA-4\.0/)).toHaveLength(2);
  expect(screen.queryByRole("button", { name: "Listen for “Hey Jarvis”" })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Listen for “absent”" })).not.toBeInTheDocument();
  expect(screen.getByText(/get it on the page “Models”/)).toBeInTheDocument();

  await user.click(screen.getByRole("button", { name: "Listen for “computer”" }));
  expect(choose.mock.calls[0]?.[0]).toBe("computer");
  expect(screen.getAllByRole("button", { name: /^Remove/ })).toHaveLength(1);
  await user.click(screen.getByRole("button", { name: "Remove “computer”" }));
  expect(remove).not.toHaveBeenCalled();
  await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: "Remove" }));
  expect(remove.mock.calls[0]?.[0]).toBe("computer");
});

it("takes no phrase that cannot be taught, and says why", async () => {
  const begin = vi.spyOn(api, "beginTeaching").mockResolvedValue(computer);
  const { user } = show(<Teach />);
  const field = screen.getByRole("textbox", { name: "Phrase" });
  const button = screen.getByRole("button", { name: "Begin" });
  expect(button).toBeDisabled();
  await user.type(field, "Hal");
  expect(field).toBeInvalid();
  expect(field).toHaveAccessibleDescription(/too short/);
  expect(button).toBeDisabled();
  await user.clear(field);
  await user.type(field, "Computer{Enter}");
  expect(begin.mock.calls[0]?.[0]).toBe("Computer");
  expect(await screen.findByText("“computer”: 0 of 5 good recordings")).toBeInTheDocument();
  expect(screen.getByText(/never leave this machine, and are forgotten/)).toBeInTheDocument();
});

it("counts good recordings, says why one is not used, and trains when there are enough", async () => {
  told({ ...computer, recordings: 4 });
  const record = vi.spyOn(api, "recordWakeWord");
  record.mockResolvedValueOnce({ teaching: { ...computer, recordings: 4 }, unsuitable: "too_quiet" });
  record.mockResolvedValueOnce({ teaching: { ...computer, recordings: 5 }, unsuitable: null });
  const train = vi.spyOn(api, "trainWakeWord").mockResolvedValue(undefined);
  const { user } = show(<Teach />);
  expect(screen.getByRole("button", { name: "Train it" })).toBeDisabled();
  expect(screen.getByRole("listitem", { name: "Recording 5 is missing" })).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Record" }));
  expect(await screen.findByText(/you were too quiet/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Record" }));
  expect(await screen.findByText("“computer”: 5 of 5 good recordings")).toBeInTheDocument();
  expect(screen.getByText(/enough to train it/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Train it" }));
  expect(train).toHaveBeenCalledOnce();
});

it("tells why the last training failed, and keeps what was recorded", async () => {
  const failure = { code: "disk_full" as const, message: "The disk is full.", remedy: "Make room." };
  told({ ...computer, recordings: 5, step: { name: "recording", failure } });
  show(<Teach />);
  expect(await screen.findByRole("alert")).toHaveTextContent("The disk is full.Make room.");
  expect(screen.getByText("“computer”: 5 of 5 good recordings")).toBeInTheDocument();
});

it("takes a recording back, and shows what to do while one is made", async () => {
  told({ ...computer, recordings: 2 });
  const back = vi.spyOn(api, "takeBackRecording").mockResolvedValue({ ...computer, recordings: 1 });
  vi.spyOn(api, "recordWakeWord").mockReturnValue(new Promise(() => undefined));
  const { user } = show(<Teach />);
  await user.click(screen.getByRole("button", { name: "Take back recording 1" }));
  expect(back.mock.calls[0]?.[0]).toBe(1);
  expect(await screen.findByText("“computer”: 1 of 5 good recordings")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Record" }));
  expect(screen.getByText("Say “computer” now.")).toBeInTheDocument();
  expect(screen.getByRole("meter")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Take back recording 1" })).toBeDisabled();
});

it("shows how far the training is, and stops it", async () => {
  const stop = vi.spyOn(api, "stopTraining").mockResolvedValue(undefined);
  const { user } = show(<Teach />);
  told({ ...computer, recordings: 5, step: { name: "training", stage: "hearing", done: 30, of: 120 } });
  expect(await screen.findByText(/^Step 2 of 3/)).toBeInTheDocument();
  expect(screen.getByRole("progressbar", { name: "Training of “computer”" })).toHaveAttribute(
    "aria-valuenow",
    "25",
  );
  await user.click(screen.getByRole("button", { name: "Stop the training" }));
  expect(stop).toHaveBeenCalledOnce();
});

it("offers what was measured to be good enough, and nothing else", async () => {
  const measured = { phrases: 200, missed: 7, hours: 0.5, false_accepts: 0 };
  const choose = vi.spyOn(api, "useWakeWord").mockResolvedValue(undefined);
  const end = vi.spyOn(api, "endTeaching").mockResolvedValue(undefined);
  const { user } = show(<Teach />);
  told({ ...computer, step: { name: "measured", measured: { ...measured, false_accepts: 3 }, word: null } });
  expect(await screen.findByText(/missed 7 of 200 times; 3 false accepts in 30 minutes/)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Use it" })).not.toBeInTheDocument();
  expect(screen.getByText(/more recordings, or choose a longer phrase/)).toBeInTheDocument();

  told({ ...computer, step: { name: "measured", measured, word: "computer" } });
  await user.click(await screen.findByRole("button", { name: "Use it" }));
  expect(choose.mock.calls[0]?.[0]).toBe("computer");
  expect(end).toHaveBeenCalledOnce();
  expect(await screen.findByRole("textbox", { name: "Phrase" })).toBeInTheDocument();
});

it("is what every text calls Jarvis by", async () => {
  vi.spyOn(api, "wakeWords").mockResolvedValue([
    word({ in_use: false }),
    word({ id: "computer", phrase: "Computer" }),
  ]);
  function Invitation() {
    const { t } = useTranslation();
    useNamedWakePhrase(true);
    return <p>{t("firstRun.wakeSay")}</p>;
  }
  show(<Invitation />);
  expect(screen.getByText("“Hey Jarvis”")).toBeInTheDocument();
  expect(await screen.findByText("“Computer”")).toBeInTheDocument();
  nameWakePhrase("Hey Jarvis");
});
