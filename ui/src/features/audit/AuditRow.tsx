import clsx from "clsx";
import {
  Ban,
  Check,
  CircleHelp,
  CircleStop,
  Eraser,
  FileWarning,
  Hourglass,
  KeyRound,
  LoaderCircle,
  OctagonX,
  Play,
  Power,
  Scale,
  ThumbsDown,
  ThumbsUp,
  TriangleAlert,
  Undo2,
  Unlink,
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
  const what = t(`audit.kind.${kind}`);
  return (
    <details
      open={open}
      onToggle={({ currentTarget }) => onOpen(currentTarget.open)}
      className="border-b border-line"
    >
      <summary className="flex list-none items-start gap-x-3 gap-y-2 px-4 py-3 hover:bg-hover/50 focus-visible:outline-offset-[-2px] max-sm:flex-wrap">
        <KindIcon kind={kind} />
        <span className="min-w-0 flex-1 max-sm:basis-[calc(100%-1.75rem)]">
          <span dir="auto" className={clsx("block text-sm wrap-anywhere", !open && "line-clamp-2")}>
            {words ? visible(words) : tool ? plainName(tool) : what}
          </span>
          <span className="block text-[13px] text-soft">
            {formatFigures([
              formatTime(at, i18n.language),
              Boolean(words || tool) && what,
              took_ms != null && formatMs(took_ms, i18n.language),
            ])}
          </span>
          {standing && <StandingNote standing={standing} />}
        </span>
        {risk && <RiskMark risk={risk} className="max-sm:ml-7" />}
      </summary>
      <Detail record={record} />
    </details>
  );
}

interface Look {
  Icon: LucideIcon;
  colour: string;
}

const looks: Record<AuditRecord["kind"], Look> = {
  begun: { Icon: Play, colour: "text-soft" },
  done: { Icon: Check, colour: "text-good" },
  failed: { Icon: X, colour: "text-danger" },
  stopped: { Icon: CircleStop, colour: "text-warn" },
  timed_out: { Icon: Hourglass, colour: "text-warn" },
  undone: { Icon: Undo2, colour: "text-soft" },
  refused: { Icon: Ban, colour: "text-warn" },
  asked: { Icon: CircleHelp, colour: "text-soft" },
  allowed: { Icon: ThumbsUp, colour: "text-good" },
  denied: { Icon: ThumbsDown, colour: "text-warn" },
  granted: { Icon: KeyRound, colour: "text-accent" },
  revoked: { Icon: KeyRound, colour: "text-soft" },
  emergency_stop: { Icon: OctagonX, colour: "text-danger" },
  rules_changed: { Icon: Scale, colour: "text-accent" },
  tool_switched: { Icon: Power, colour: "text-soft" },
  forgotten: { Icon: Eraser, colour: "text-soft" },
  gap: { Icon: Unlink, colour: "text-danger" },
  unreadable: { Icon: FileWarning, colour: "text-danger" },
};

function KindIcon({ kind }: { kind: AuditRecord["kind"] }) {
  const { Icon, colour } = looks[kind];
  return <Icon size={16} aria-hidden className={clsx("mt-0.5 shrink-0", colour)} />;
}

function StandingNote({ standing }: { standing: NonNullable<Standing> }) {
  const { t } = useTranslation();
  const runs = standing === "running";
  const Icon = runs ? LoaderCircle : Hourglass;
  return (
    <span className={clsx("mt-0.5 flex items-center gap-1.5 text-[13px]", runs ? "text-soft" : "text-warn")}>
      <Icon size={13} aria-hidden className={clsx("shrink-0", runs && "animate-spin")} />
      {t(`audit.standing.${standing}`)}
    </span>
  );
}

function Detail({ record }: { record: AuditRecord }) {
  const { t, i18n } = useTranslation();
  const { tool, origin, decision, rule, consent, tainted_by, about, detail, forgotten, seq, hash } = record;
  const given: unknown = record.arguments ?? null;
  return (
    <dl className="grid gap-x-6 gap-y-2 px-4 pt-1 pb-4 pl-11 text-[13px] sm:grid-cols-[auto_1fr]">
      {tool && <Entry name={t("audit.tool")}>{tool}</Entry>}
      {origin && <Entry name={t("audit.origin")}>{t(`guard.by.${origin}`)}</Entry>}
      {decision && (
        <Entry name={t("audit.decision")}>{t(`audit.decided.${decision}`, { defaultValue: decision })}</Entry>
      )}
      {rule && <Entry name={t("audit.rule")}>{rule}</Entry>}
      {consent && <Entry name={t("audit.consent")}>{t(`guard.consent.${consent}`)}</Entry>}
      {tainted_by.length > 0 && (
        <Entry name={t("audit.tainted")}>
          <span className="inline-flex items-start gap-1.5">
            <TriangleAlert size={13} aria-hidden className="mt-0.5 shrink-0 text-warn" />
            {taintWords(tainted_by, t, i18n.language)}
          </span>
        </Entry>
      )}
      {given !== null && (
        <Entry name={t("audit.arguments")}>
          <pre className="font-mono text-xs wrap-anywhere whitespace-pre-wrap">
            {JSON.stringify(given, null, 2)}
          </pre>
        </Entry>
      )}
      {about && <Entry name={t("audit.about")}>{about}</Entry>}
      {forgotten && <Entry name={t("audit.detail")}>{t("audit.wasForgotten")}</Entry>}
      {detail && (
        <Entry name={t("audit.detail")}>
          <span className="whitespace-pre-wrap">{visible(detail)}</span>
        </Entry>
      )}
      <Entry name={t("audit.number")}>{seq}</Entry>
      {record.began != null && <Entry name={t("audit.began")}>{record.began}</Entry>}
      {record.ended != null && <Entry name={t("audit.ended")}>{record.ended}</Entry>}
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
