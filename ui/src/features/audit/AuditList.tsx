import { ChevronDown } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { AuditFilter, AuditRecord } from "@/backend";
import { useLive } from "@/shared/live/store";
import { Answered } from "@/shared/ui/Answered";
import { BusyButton } from "@/shared/ui/BusyButton";
import { LongList } from "@/shared/ui/LongList";

import { AuditRow, type Standing } from "./AuditRow";
import { useAudit } from "./useAudit";

/** What was done, newest first; older records come as one scrolls. */
export function AuditList({ filter }: { filter: AuditFilter }) {
  const { t } = useTranslation();
  const { query, records } = useAudit(filter);
  if (!records) return <Answered query={query}>{() => null}</Answered>;
  if (records.length === 0) {
    const any = filter.tool || filter.text || filter.unfinished;
    return <p className="py-12 text-center text-soft">{t(any ? "audit.nothingFound" : "audit.none")}</p>;
  }
  return (
    <>
      <Rows records={records} />
      {query.hasNextPage && (
        <Older busy={query.isFetchingNextPage} onOlder={() => void query.fetchNextPage()} />
      )}
    </>
  );
}

function Rows({ records }: { records: AuditRecord[] }) {
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const running = useLive((live) => live.running);
  // A beginning alone tells the words; its end is shown with them too.
  const words = useMemo(() => {
    const said = records.flatMap(({ call, words }) => (call && words ? [[call, words] as const] : []));
    return new Map(said);
  }, [records]);
  const standing = ({ kind, tool, ended }: AuditRecord): Standing => {
    if (kind !== "begun" || ended != null) return null;
    return running.some((one) => one.tool === tool) ? "running" : "unfinished";
  };
  return (
    <div className="overflow-hidden rounded-2xl border border-line bg-raised">
      <LongList items={records} keyOf={({ seq }) => `${seq}`} estimate={62}>
        {(record) => (
          <AuditRow
            record={record}
            words={record.words || (record.call ? words.get(record.call) : undefined)}
            standing={standing(record)}
            open={open.has(record.seq)}
            onOpen={(wanted) =>
              setOpen((before) => {
                const after = new Set(before);
                if (wanted) after.add(record.seq);
                else after.delete(record.seq);
                return after;
              })
            }
          />
        )}
      </LongList>
    </div>
  );
}

/** Asks for more when it comes into sight, or when it is pressed. */
function Older({ busy, onOlder }: { busy: boolean; onOlder: () => void }) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  const current = useRef(onOlder);
  useEffect(() => {
    current.current = onOlder;
  });
  useEffect(() => {
    const element = button.current;
    if (!element || busy) return;
    const seen = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) current.current();
    });
    seen.observe(element);
    return () => seen.disconnect();
  }, [busy]);
  return (
    <div className="mt-4 flex justify-center">
      <BusyButton ref={button} icon={ChevronDown} busy={busy} onClick={onOlder}>
        {t("audit.older")}
      </BusyButton>
    </div>
  );
}
