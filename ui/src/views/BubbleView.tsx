import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { Bubble } from "@/features/voice/Bubble";
import { useNamedWakePhrase } from "@/features/wake/useWakeWords";
import { useLive } from "@/shared/live/store";

/** The small window that stays on top: the voice, and nothing round it. */
export function Component() {
  const { t } = useTranslation();
  useNamedWakePhrase(!useLive((live) => live.locked));
  useEffect(() => {
    document.documentElement.dataset.page = "bubble";
    return () => {
      delete document.documentElement.dataset.page;
    };
  }, []);
  return (
    <main className="flex h-full items-center justify-center">
      <h1 className="sr-only">{t("voice.title")}</h1>
      <Bubble />
    </main>
  );
}
