import { Check, LoaderCircle, Wrench, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Message } from "@/backend";
import { useLive } from "@/shared/live/store";
import type { LiveTool } from "@/shared/live/turns";

/** What was used for an answer; each opens to show what it was given and what it gave back. */
export function ToolList({ message }: { message: Message }) {
  const live = useLive(({ turns }) => (message.turn ? turns[message.turn]?.tools : undefined));
  const tools: LiveTool[] = message.tools.length > 0 ? message.tools : (live ?? []);
  if (tools.length === 0) return null;
  return (
    <ul className="mb-3 space-y-1.5">
      {tools.map((tool, index) => (
        <Tool key={`${index}:${tool.tool}`} tool={tool} />
      ))}
    </ul>
  );
}

function Tool({ tool }: { tool: LiveTool }) {
  const { t } = useTranslation();
  return (
    <li>
      <details className="rounded-xl border border-line text-sm">
        <summary className="flex list-none items-center gap-2 rounded-xl px-3 py-2 text-soft hover:text-text">
          <Wrench size={14} aria-hidden />
          <span className="font-mono text-[13px]">{tool.tool}</span>
          <span className="ml-auto">
            {tool.ok === null && (
              <LoaderCircle size={15} className="animate-spin" aria-label={t("tools.running")} />
            )}
            {tool.ok === true && <Check size={15} className="text-good" aria-label={t("tools.done")} />}
            {tool.ok === false && <X size={15} className="text-danger" aria-label={t("tools.failed")} />}
          </span>
        </summary>
        <dl className="space-y-2 border-t border-line px-3 py-2">
          <Value name={t("tools.arguments")} value={tool.arguments} />
          {tool.ok !== null && <Value name={t("tools.result")} value={tool.result} />}
        </dl>
      </details>
    </li>
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
