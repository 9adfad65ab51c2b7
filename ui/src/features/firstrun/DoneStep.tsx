import { Keyboard, MessageCircle, Mic, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";

import { keysOf } from "@/features/desktop/hotkey";
import { useKeyName } from "@/features/desktop/useKeyName";
import { useSetting } from "@/features/settings/useSettings";

/** What one can do from here on. */
export function DoneStep() {
  const { t } = useTranslation();
  const keyName = useKeyName();
  const kept = useSetting("desktop.hotkey");
  const hotkey = typeof kept === "string" ? keysOf(kept).map(keyName).join("+") : "";
  return (
    <ul className="space-y-3">
      <Way icon={Mic} text={t("firstRun.waySpeak")} />
      {hotkey && <Way icon={Keyboard} text={t("firstRun.wayHotkey", { hotkey })} />}
      <Way icon={MessageCircle} text={t("firstRun.wayWrite")} />
    </ul>
  );
}

function Way({ icon: Icon, text }: { icon: LucideIcon; text: string }) {
  return (
    <li className="flex items-center gap-4 rounded-2xl border border-line bg-raised px-5 py-4">
      <Icon size={20} aria-hidden className="shrink-0 text-accent" />
      {text}
    </li>
  );
}
