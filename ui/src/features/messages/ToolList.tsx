import { Ban, Check, LoaderCircle, Undo2, Wrench, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Message } from "@/backend";
import { visible } from "@/features/guard/visible";
import { plainName } from "@/features/tools/catalogue";
import { formatMs } from "@/shared/lib/format";
import { useLive } from "@/shared/live/store";
import type { LiveTool } from "@/shared/live/tools";
import { BusyButton } from "@/shared/ui/BusyButton";

import { useUndo } from "./useUndo";

/** What was used for an answer; each opens to show what it was given and what it gave back. */
export function ToolList({ message }: { message: Message }) {
  const { turn } = message;
  const seen = useLive(({ turns, used }) => (turn ? (turns[turn]?.tools ?? used[turn]) : undefined));
  const tools = fuller(message.tools, seen ?? []);
  if (tools.length === 0) return null;
  return (
    <ul className="mb-3 space-y-1.5">
      {tools.map((tool, index) => (
        <Tool key={`${index}:${tool.tool}`} tool={tool} running={message.status === "streaming"} />
      ))}
    </ul>
  );
}

/** What was seen here says more of each than what is kept; a window that came in the middle has not seen all. */
export function fuller(kept: LiveTool[], seen: LiveTool[]): LiveTool[] {
  return seen.length >= kept.length ? seen : kept;
}

function Tool({ tool, running }: { tool: LiveTool; running: boolean }) {
  const { t, i18n } = useTranslation();
  const name = tool.words ? visible(tool.words) : plainName(tool.tool);
  return (
    <li className="flex items-start gap-2">
      <details className="min-w-0 flex-1 rounded-xl border border-line text-sm">
        <summary className="flex list-none items-center gap-2 rounded-xl px-3 py-2 text-soft hover:text-text">
          <Wrench size={14} className="shrink-0" aria-hidden />
          <span className="truncate" dir="auto" title={tool.tool}>
            {name}
          </span>
          <span className="ml-auto flex shrink-0 items-center gap-2">
            {tool.took_ms != null && (
              <span className="text-xs tabular-nums">{formatMs(tool.took_ms, i18n.language)}</span>
            )}
            <Standing ok={tool.ok} running={running} />
          </span>
        </summary>
        <dl className="space-y-2 border-t border-line px-3 py-2">
          <Value name={t("tools.arguments")} value={tool.arguments} />
          {tool.ok !== null && <Value name={t("tools.result")} value={tool.result} />}
        </dl>
      </details>
      {tool.undo != null && <UndoButton number={tool.undo} name={name} />}
    </li>
  );
}

function Standing({ ok, running }: { ok: boolean | null; running: boolean }) {
  const { t } = useTranslation();
  if (ok === true) return <Check size={15} className="text-good" aria-label={t("tools.done")} />;
  if (ok === false) return <X size={15} className="text-danger" aria-label={t("tools.failed")} />;
  if (!running) return <Ban size={15} aria-label={t("tools.stopped")} />;
  return <LoaderCircle size={15} className="animate-spin" aria-label={t("tools.running")} />;
}

function UndoButton({ number, name }: { number: number; name: string }) {
  const { t } = useTranslation();
  const undone = useLive((live) => live.undone.includes(number));
  const undo = useUndo();
  if (undone) return <p className="flex h-9 items-center text-[13px] text-soft">{t("tools.undone")}</p>;
  return (
    <BusyButton
      icon={Undo2}
      look="quiet"
      busy={undo.isPending}
      aria-label={t("tools.undoNamed", { name })}
      onClick={() => undo.mutate(number)}
    >
      <span className="max-sm:hidden">{t("tools.undo")}</span>
    </BusyButton>
  );
}

function Value({ name, value }: { name: string; value: unknown }) {
  return (
    <div>
      <dt className="text-xs text-soft">{name}</dt>
      <dd className="max-h-48 overflow-auto font-mono text-[13px] wrap-anywhere whitespace-pre-wrap">
        {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
      </dd>
    </div>
  );
}
