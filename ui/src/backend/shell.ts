import type { FileAnswer } from "./backend";

/** What the tray and the hotkeys ask of the page. */
export interface Wishes {
  /** A path of a page, such as "/settings". */
  navigate: (path: string) => void;
  newChat: () => void;
}

/** What stands round the page: a browser, or the desktop's own window. */
export interface Shell {
  readonly desktop: boolean;
  /** Gives a file to the person; false where they thought better of it. */
  saveFile: (file: FileAnswer) => Promise<boolean>;
  /** Opens an address of the web or of a mailbox outside this window; none where a link does so by itself. */
  openExternal?: (url: string) => void;
  /** Returns the function that ends it. */
  onWish: (wishes: Wishes) => () => void;
}

export const browserShell: Shell = {
  desktop: false,
  saveFile: ({ name, blob }) => {
    const address = URL.createObjectURL(blob);
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    // The download has begun by then.
    setTimeout(() => URL.revokeObjectURL(address), 1_000);
    return Promise.resolve(true);
  },
  onWish: () => () => undefined,
};
