import { MessageSquareWarning } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { TaintKind, ToolEntry } from "@/backend";
import { formatFigures, formatMs } from "@/shared/lib/format";
import { Switch } from "@/shared/ui/fields";

import { plainName, ratesOf } from "./catalogue";
import { useSwitchTool } from "./useTools";

/** A tool: what it does, how it has done, and whether it may be used. What it says of itself is for models, in English. */
export function ToolRow({ tool }: { tool: ToolEntry }) {
  const { t } = useTranslation();
  const { mutate } = useSwitchTool();
  const { name, description, examples, taint, on, time_limit_s } = tool;
  const plain = plainName(name);
  return (
    <article aria-label={plain} className="flex items-start gap-4 px-4 py-3.5">
      <div className="min-w-0 flex-1">
        <h3 className="text-sm font-medium wrap-anywhere" title={name}>
          {plain}
        </h3>
        <p lang="en" className="mt-0.5 text-[13px] leading-snug wrap-anywhere text-soft">
          {description}
        </p>
        {taint && <TaintMark kind={taint} />}
        <Figures tool={tool} />
        <details className="mt-1 text-[13px]">
          <summary className="w-fit rounded text-soft underline decoration-soft/40 underline-offset-4 hover:text-text">
            {t("toolbox.more")}
            <span className="sr-only">{t("toolbox.moreOf", { name: plain })}</span>
          </summary>
          {examples.length > 0 && (
            <ul lang="en" className="mt-2 list-disc space-y-0.5 pl-5 wrap-anywhere">
              {examples.map((example) => (
                <li key={example}>{example}</li>
              ))}
            </ul>
          )}
          <p className="mt-2 text-soft">{t("toolbox.limit", { count: time_limit_s })}</p>
          <p className="mt-2 text-soft">{t("toolbox.parameters")}</p>
          <pre
            // The keyboard must be able to scroll it.
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={0}
            className="mt-1 max-h-60 overflow-auto rounded-lg bg-code p-3 font-mono text-xs"
          >
            {JSON.stringify(tool.parameters, null, 2)}
          </pre>
        </details>
      </div>
      <Switch label={plain} checked={on} onChange={(next) => mutate({ name, on: next })} />
    </article>
  );
}

/** That its output is made of words which nobody vouches for. */
function TaintMark({ kind }: { kind: TaintKind }) {
  const { t } = useTranslation();
  return (
    <p className="mt-1 flex items-start gap-1.5 text-[13px] text-warn" title={t("toolbox.taintNote")}>
      <MessageSquareWarning size={14} aria-hidden className="mt-0.5 shrink-0" />
      {t(`toolbox.taint.${kind}`)}
    </p>
  );
}

function Figures({ tool: { telemetry } }: { tool: ToolEntry }) {
  const { t, i18n } = useTranslation();
  const { calls, refused } = telemetry;
  const rates = ratesOf(telemetry);
  if (calls + refused === 0) return null;
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent" });
  return (
    <p className="mt-1 text-[13px] text-soft tabular-nums">
      {formatFigures([
        t("toolbox.calls", { count: calls }),
        rates !== null && t("toolbox.succeeded", { share: percent.format(rates.succeeded) }),
        refused > 0 && t("toolbox.refused", { count: refused }),
        rates !== null && t("toolbox.mean", { time: formatMs(rates.mean_ms, i18n.language) }),
      ])}
    </p>
  );
}
