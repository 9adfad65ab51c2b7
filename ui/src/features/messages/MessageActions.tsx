import clsx from "clsx";
import { Copy, Pencil, RotateCcw } from "lucide-react";
import { toast } from "sonner";
import { useTranslation } from "react-i18next";

import type { Message } from "@/backend";
import { copyText } from "@/shared/lib/copy";
import { formatMs, formatTime } from "@/shared/lib/format";
import { speedOf } from "@/shared/lib/timing";
import { IconButton } from "@/shared/ui/Button";

interface MessageActionsProps {
  message: Message;
  /** Shown always, not only under the pointer or the focus. */
  keep?: boolean;
  onEdit?: () => void;
  onRegenerate?: () => void;
}

export function MessageActions({ message, keep = false, onEdit, onRegenerate }: MessageActionsProps) {
  const { t } = useTranslation();
  const copy = async () => {
    if (await copyText(message.content)) toast.success(t("common.copied"), { duration: 1500 });
  };
  const under = "opacity-0 transition group-hover:opacity-100 group-focus-within:opacity-100";
  return (
    <div className="mt-1 flex h-7 items-center gap-0.5">
      <div className={clsx("flex items-center gap-0.5 max-sm:opacity-100", !keep && under)}>
        <IconButton label={t("messages.copy")} small onClick={() => void copy()}>
          <Copy size={14} />
        </IconButton>
        {onEdit && (
          <IconButton label={t("messages.edit")} small onClick={onEdit}>
            <Pencil size={14} />
          </IconButton>
        )}
        {onRegenerate && (
          <IconButton label={t("messages.regenerate")} small onClick={onRegenerate}>
            <RotateCcw size={14} />
          </IconButton>
        )}
      </div>
      <p className={clsx("truncate px-1.5 text-xs text-soft", under)}>
        <Figures message={message} />
      </p>
    </div>
  );
}

/** When it was, and how quick. */
function Figures({ message }: { message: Message }) {
  const { t, i18n } = useTranslation();
  const parts = [formatTime(message.created_at, i18n.language)];
  if (message.role === "assistant" && message.timings) {
    const { firstToken, firstAudio, done } = speedOf(message.timings);
    if (firstToken !== null)
      parts.push(t("messages.firstToken", { time: formatMs(firstToken, i18n.language) }));
    if (firstAudio !== null)
      parts.push(t("messages.firstAudio", { time: formatMs(firstAudio, i18n.language) }));
    if (done !== null) parts.push(t("messages.done", { time: formatMs(done, i18n.language) }));
  }
  if (message.usage) parts.push(t("messages.tokens", { count: message.usage.completion_tokens }));
  return parts.join(" · ");
}
