import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from "vitest";

import { api, RequestFailed, type StoredDocument } from "@/backend";
import { useLive } from "@/shared/live/store";
import { show } from "@/test/show";

import { ReadingList } from "./ReadingList";
import { read, useReadings } from "./readings";

type Sent = Parameters<typeof api.readDocument>;

let request: MockInstance<typeof api.readDocument>;
/** The requests under way, each with what ends it. */
let sent: { name: string; upload: Sent[1]; done: () => void; fail: (error: unknown) => void }[];

beforeEach(() => {
  sent = [];
  request = vi.spyOn(api, "readDocument").mockImplementation(
    (name, upload) =>
      new Promise<StoredDocument>((resolve, reject) => {
        upload.signal.addEventListener("abort", () =>
          reject(new RequestFailed({ code: "cancelled", message: "", remedy: "" }, 0)),
        );
        sent.push({ name, upload, done: () => resolve(stored(name)), fail: reject });
      }),
  );
});
afterEach(async () => {
  useReadings.setState({ readings: [] });
  await end(() => sent.at(-1)?.done());
  vi.restoreAllMocks();
});

/** Ends a request, until what follows from it is there. */
const end = (how: () => void) =>
  act(() => {
    how();
    return vi.waitFor(() => Promise.resolve());
  });

function stored(name: string): StoredDocument {
  return {
    id: name,
    name,
    path: name,
    pages: 2,
    chunk_count: 3,
    size_bytes: 4,
    left_out: [],
    added_at: new Date().toISOString(),
  };
}

const file = (name: string) => new File(["text"], name);

it("reads one file after another, and tells how far each is", async () => {
  show(<ReadingList />);
  act(() => read([file("a.pdf"), file("b.pdf")]));
  expect(request).toHaveBeenCalledOnce();
  expect(screen.getByText("Waiting")).toBeInTheDocument();
  act(() => sent[0]?.upload.progress(0.5));
  const bar = screen.getByRole("progressbar", { name: "Progress of a.pdf" });
  expect(bar).toHaveAttribute("aria-valuenow", "50");
  act(() => sent[0]?.upload.progress(1));
  act(() => useLive.setState({ reading: { name: "a.pdf", done: 3, of: 12 } }));
  expect(screen.getByText("3 of 12 pages")).toBeInTheDocument();
  expect(bar).toHaveAttribute("aria-valuenow", "25");
  await end(() => sent[0]?.done());
  expect(screen.queryByText("a.pdf")).not.toBeInTheDocument();
  await vi.waitFor(() => expect(sent[1]?.name).toBe("b.pdf"));
});

it("stops the one that is being read, and goes on with the next", async () => {
  const { user } = show(<ReadingList />);
  act(() => read([file("a.pdf"), file("b.pdf"), file("c.pdf")]));
  await user.click(screen.getByRole("button", { name: "Stop reading b.pdf" }));
  await user.click(screen.getByRole("button", { name: "Stop reading a.pdf" }));
  expect(sent[0]?.upload.signal.aborted).toBe(true);
  await vi.waitFor(() => expect(sent[1]?.name).toBe("c.pdf"));
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
});

it("tells why one could not be read, goes on, and tries it again", async () => {
  const { user } = show(<ReadingList />);
  act(() => read([file("a.exe"), file("b.pdf")]));
  const message = '"a.exe" is of no kind that can be read.';
  const failure = { code: "unsupported" as const, message, remedy: "Save it as PDF." };
  await end(() => sent[0]?.fail(new RequestFailed(failure, 415)));
  expect(screen.getByRole("alert")).toHaveTextContent(`${message}Save it as PDF.`);
  await vi.waitFor(() => expect(sent[1]?.name).toBe("b.pdf"));
  await user.click(screen.getByRole("button", { name: "Try a.exe again" }));
  await end(() => sent[1]?.done());
  await vi.waitFor(() => expect(sent[2]?.name).toBe("a.exe"));
});
