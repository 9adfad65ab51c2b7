import i18next from "i18next";
import { toast } from "sonner";
import { create } from "zustand";

import { api, type Attachment, type Problem } from "@/backend";
import { failureOf } from "@/shared/failure";
import { keys, queryClient } from "@/shared/queries";

/** What the server takes: files of one message, and bytes of one file. */
export const MOST_FILES = 8;
export const MOST_BYTES = 20 * 1024 * 1024;

/** A file on its way to the server, or there already and not yet sent with a message. */
export interface Upload {
  key: string;
  name: string;
  size: number;
  image: boolean;
  /** None for what was uploaded before the page was loaded again. */
  file: File | null;
  /** How much has been sent, 0 to 1. */
  share: number;
  attachment: Attachment | null;
  problem: Problem | null;
}

type Places = Readonly<Record<string, Upload[]>>;

const KEPT = "jarvis.attached";
const NONE: Upload[] = [];

/** What is attached to each place where one writes, by the name under which its draft is kept. */
export const useUploads = create<{ places: Places }>(() => ({ places: keptUploads() }));

const running = new Map<string, AbortController>();

export function isImage(mediaType: string): boolean {
  return mediaType.startsWith("image/");
}

/** What is attached to a place now. */
export function uploadsOf(places: Places, place: string): Upload[] {
  return places[place] ?? NONE;
}

/** What had arrived before the page was loaded again. */
export function keptUploads(): Places {
  const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Record<string, Attachment[]>;
  return Object.fromEntries(Object.entries(kept).map(([place, files]) => [place, files.map(done)]));
}

function keep(places: Places): void {
  const ready = Object.entries(places)
    .map(([place, uploads]) => [place, uploads.flatMap(({ attachment }) => attachment ?? [])] as const)
    .filter(([, files]) => files.length > 0);
  if (ready.length > 0) localStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(ready)));
  else localStorage.removeItem(KEPT);
}

function done(attachment: Attachment): Upload {
  return {
    key: attachment.id,
    name: attachment.name,
    size: attachment.size_bytes,
    image: isImage(attachment.media_type),
    file: null,
    share: 1,
    attachment,
    problem: null,
  };
}

function change(place: string, next: (uploads: Upload[]) => Upload[]): void {
  const { places } = useUploads.getState();
  const changed = { ...places, [place]: next(uploadsOf(places, place)) };
  keep(changed);
  useUploads.setState({ places: changed });
}

function changeOne(place: string, key: string, fields: Partial<Upload>): void {
  change(place, (uploads) => uploads.map((one) => (one.key === key ? { ...one, ...fields } : one)));
}

/** Begins to send files; what they are, the server judges. */
export function attach(place: string, files: File[]): void {
  const room = Math.max(0, MOST_FILES - uploadsOf(useUploads.getState().places, place).length);
  if (files.length > room) toast.error(i18next.t("attachments.tooMany", { count: MOST_FILES }));
  const taken = files.slice(0, room).map((file): Upload => ({
    key: crypto.randomUUID(),
    name: file.name,
    size: file.size,
    image: isImage(file.type),
    file,
    share: 0,
    attachment: null,
    problem: null,
  }));
  change(place, (uploads) => [...uploads, ...taken]);
  for (const upload of taken) void send(place, upload);
}

/** Tries once more what failed. */
export function attachAgain(place: string, upload: Upload): void {
  changeOne(place, upload.key, { problem: null, share: 0 });
  void send(place, upload);
}

async function send(place: string, { key, name, file }: Upload): Promise<void> {
  if (!file) return;
  if (file.size > MOST_BYTES) return changeOne(place, key, { problem: tooLarge() });
  const controller = new AbortController();
  running.set(key, controller);
  try {
    const attachment = await api.attach(name, {
      file,
      signal: controller.signal,
      progress: (share) => changeOne(place, key, { share }),
    });
    // It need not come back to be shown.
    queryClient.setQueryData(keys.attachment(attachment.id), file);
    changeOne(place, key, { attachment, share: 1, image: isImage(attachment.media_type) });
  } catch (error) {
    if (!controller.signal.aborted) changeOne(place, key, { problem: failureOf(error) });
  } finally {
    running.delete(key);
  }
}

function tooLarge(): Problem {
  return {
    code: "bad_request",
    message: i18next.t("attachments.tooLarge"),
    remedy: i18next.t("attachments.tooLargeRemedy"),
  };
}

/** Takes one away, on its way or there. */
export function detach(place: string, key: string): void {
  running.get(key)?.abort();
  change(place, (uploads) => uploads.filter((one) => one.key !== key));
}

/** Takes what is ready, to be sent with a message; what failed goes. */
export function takeAttachments(place: string): Attachment[] {
  const ready = uploadsOf(useUploads.getState().places, place).flatMap(({ attachment }) => attachment ?? []);
  change(place, () => []);
  return ready;
}

/** Gives back what was taken for a message that was not accepted. */
export function giveBack(place: string, attachments: Attachment[]): void {
  change(place, (uploads) => [...attachments.map(done), ...uploads]);
}
