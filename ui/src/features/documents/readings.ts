import i18next from "i18next";
import { toast } from "sonner";
import { create } from "zustand";

import { api, type Problem, type StoredDocument } from "@/backend";
import { failureOf } from "@/shared/failure";
import { useLive } from "@/shared/live/store";
import { keys, queryClient } from "@/shared/queries";

/** The endings of what can be read. The server judges; these only help to choose. */
export const ENDINGS =
  ".pdf,.docx,.xlsx,.xlsm,.xls,.ods,.csv,.tsv,.html,.htm,.xhtml,.md,.markdown,.txt,.text,.log,.rst,.org";

/** What the server takes of one file. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A file that is to be read, is being read, or could not be. */
export interface Reading {
  key: string;
  file: File;
  state: "waiting" | "sending" | "reading" | "failed";
  /** How much has been sent, 0 to 1. */
  share: number;
  problem: Problem | null;
}

/** The files on their way, in their order. They outlive the page on which they were added. */
export const useReadings = create<{ readings: Reading[] }>(() => ({ readings: [] }));

let running: { key: string; controller: AbortController } | null = null;

function change(next: (readings: Reading[]) => Reading[]): void {
  useReadings.setState(({ readings }) => ({ readings: next(readings) }));
}

function changeOne(key: string, fields: Partial<Reading>): void {
  change((readings) => readings.map((one) => (one.key === key ? { ...one, ...fields } : one)));
}

function drop(key: string): void {
  change((readings) => readings.filter((one) => one.key !== key));
}

/** Has files read, one after another. */
export function read(files: File[]): void {
  change((readings) => [
    ...readings,
    ...files.map((file): Reading => ({
      key: crypto.randomUUID(),
      file,
      state: "waiting",
      share: 0,
      problem: null,
    })),
  ]);
  void goOn();
}

/** Tries once more what failed. */
export function readAgain(key: string): void {
  changeOne(key, { state: "waiting", share: 0, problem: null });
  void goOn();
}

/** Stops reading a file, or takes away what could not be read. */
export function cancel(key: string): void {
  if (running?.key === key) running.controller.abort();
  drop(key);
}

async function goOn(): Promise<void> {
  const next = useReadings.getState().readings.find(({ state }) => state === "waiting");
  if (running || !next) return;
  const { key, file } = next;
  const controller = new AbortController();
  running = { key, controller };
  useLive.setState({ reading: null });
  const known = new Set(queryClient.getQueryData<StoredDocument[]>(keys.documents)?.map(({ id }) => id));
  try {
    if (file.size > MOST_BYTES) return changeOne(key, { state: "failed", problem: tooLarge() });
    changeOne(key, { state: "sending" });
    const document = await api.readDocument(file.name, {
      file,
      signal: controller.signal,
      progress: (share) => changeOne(key, { share, state: share < 1 ? "sending" : "reading" }),
    });
    drop(key);
    const text = known.has(document.id) ? "documents.known" : "documents.done";
    toast.success(i18next.t(text, { name: document.name, count: document.chunk_count }));
    await queryClient.invalidateQueries({ queryKey: keys.documents });
  } catch (error) {
    if (!controller.signal.aborted) changeOne(key, { state: "failed", problem: failureOf(error) });
  } finally {
    running = null;
    void goOn();
  }
}

function tooLarge(): Problem {
  return {
    code: "too_large",
    message: i18next.t("documents.tooLarge"),
    remedy: i18next.t("documents.tooLargeRemedy"),
  };
}
