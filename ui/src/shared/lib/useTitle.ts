import { useEffect } from "react";

/** What the window, the tab and the history are called while this is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} – Jarvis` : "Jarvis";
  }, [title]);
}
