import { useEffect } from "react";

import { Bubble } from "@/features/voice/Bubble";

/** The small window that stays on top: the voice, and nothing round it. */
export function Component() {
  useEffect(() => {
    document.documentElement.dataset.page = "bubble";
    return () => {
      delete document.documentElement.dataset.page;
    };
  }, []);
  return (
    <main className="flex h-full items-center justify-center">
      <Bubble />
    </main>
  );
}
