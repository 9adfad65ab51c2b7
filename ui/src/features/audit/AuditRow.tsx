import clsx from "clsx";
import {
  Ban,
  Check,
  CircleDot,
  Hourglass,
  KeyRound,
  LoaderCircle,
  OctagonX,
  Play,
  TriangleAlert,
  X,
  type LucideIcon,
} from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { AuditRecord } from "@/backend";
import { RiskMark } from "@/features/guard/RiskMark";
import { taintWords } from "@/features/guard/taints";
import { visible } from "@/features/guard/visible";
import { plainName } from "@/features/tools/catalogue";
import { formatFigures, formatMs, formatTime } from "@/shared/lib/format";

/** Of a call that has no end: whether it runs, or Jarvis ended before it did. */
export type Standing = "running" | "unfinished" | null;

interface AuditRowProps {
  record: AuditRecord;
  /** What the call was to do, where that is known. */
  words: string | undefined;
  standing: Standing;
  open: boolean;
  onOpen: (open: boolean) => void;
}

/** One record; it opens to everything that was written down. */
export function AuditRow({ record, words, standing, open, onOpen }: AuditRowProps) {
  const { t, i18n } = useTranslation();
  const { kind, tool, at, took_ms, risk } = record;
  const what = t(`audit.kind.${kindOf(record)}`, { defaultValue: kind });
  return (
    <details
      open={open}
      onToggle={({ currentTarget }) => onOpen(currentTarget.open)}
      className="border-b border-line"
    >
      <summary className="flex list-none items-start gap-3 px-4 py-3 hover:bg-hover/50">
        <KindIcon record={record} />
        <span className="min-w-0 flex-1">
          <span dir="auto" className={clsx("block text-sm wrap-anywhere", !open && "line-clamp-2")}>
            {words ? visible(words) : tool ? plainName(tool) : what}
          </span>
          <span className="block text-[13px] text-soft">
            {formatFigures([
              formatTime(at, i18n.language),
              (words || tool) !== undefined && what,
              took_ms != null && formatMs(took_ms, i18n.language),
            ])}
          </span>
          {standing && <StandingNote standing={standing} />}
        </span>
        {risk && <RiskMark risk={risk} />}
      </summary>
      <Detail record={record} />
    </details>
  );
}

function kindOf({ kind }: AuditRecord): string {
  return kind;
}

const icons: Record<string, { Icon: LucideIcon; colour: string }> = {
  begun: { Icon: Play, colour: "text-soft" },
  done: { Icon: Check, colour: "text-good" },
  failed: { Icon: X, colour: "text-danger" },
  refused: { Icon: Ban, colour: "text-warn" },
  granted: { Icon: KeyRound, colour: "text-accent" },
  revoked: { Icon: KeyRound, colour: "text-soft" },
  emergency_stop: { Icon: OctagonX, colour: "text-danger" },
};

function KindIcon({ record }: { record: AuditRecord }) {
  const { Icon, colour } = icons[kindOf(record)] ?? { Icon: CircleDot, colour: "text-soft" };
  return <Icon size={16} aria-hidden className={clsx("mt-0.5 shrink-0", colour)} />;
}

function StandingNote({ standing }: { standing: NonNullable<Standing> }) {
  const { t } = useTranslation();
  const runs = standing === "running";
  const Icon = runs ? LoaderCircle : Hourglass;
  return (
    <span className={clsx("mt-0.5 flex items-center gap-1.5 text-[13px]", runs ? "text-soft" : "text-warn")}>
      <Icon size={13} aria-hidden className={runs ? "animate-spin" : ""} />
      {t(`audit.standing.${standing}`)}
    </span>
  );
}

function Detail({ record }: { record: AuditRecord }) {
  const { t, i18n } = useTranslation();
  const { tool, origin, decision, rule, tainted_by, detail, call, seq, hash } = record;
  return (
    <dl className="grid gap-x-6 gap-y-2 px-4 pt-1 pb-4 pl-11 text-[13px] sm:grid-cols-[auto_1fr]">
      {tool && <Entry name={t("audit.tool")}>{tool}</Entry>}
      {origin && <Entry name={t("audit.origin")}>{t(`guard.by.${origin}`)}</Entry>}
      {decision && (
        <Entry name={t("audit.decision")}>
          {t(`guard.decision.${decision}`, { defaultValue: decision })}
        </Entry>
      )}
      {rule && <Entry name={t("audit.rule")}>{rule}</Entry>}
      {tainted_by.length > 0 && (
        <Entry name={t("audit.tainted")}>
          <span className="inline-flex items-start gap-1.5">
            <TriangleAlert size={13} aria-hidden className="mt-0.5 shrink-0 text-warn" />
            {taintWords(tainted_by, t, i18n.language)}
          </span>
        </Entry>
      )}
      {record.arguments !== undefined && (
        <Entry name={t("audit.arguments")}>
          <pre className="font-mono text-xs wrap-anywhere whitespace-pre-wrap">
            {JSON.stringify(record.arguments, null, 2)}
          </pre>
        </Entry>
      )}
      {detail && (
        <Entry name={t("audit.detail")}>
          <span className="whitespace-pre-wrap">{visible(detail)}</span>
        </Entry>
      )}
      <Entry name={t("audit.number")}>{seq}</Entry>
      {call && <Entry name={t("audit.call")}>{call}</Entry>}
      <Entry name={t("audit.hash")}>
        <code className="font-mono text-xs">{hash}</code>
      </Entry>
    </dl>
  );
}

function Entry({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-soft">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </>
  );
}
