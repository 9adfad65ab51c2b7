import clsx from "clsx";
import { Pin } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Fact } from "@/backend";
import { ageOf, formatDay } from "@/shared/lib/format";
import { LongList } from "@/shared/ui/LongList";

import { FactRow } from "./FactRow";
import { timelineOf } from "./timeline";

interface TimelineProps {
  facts: Fact[];
  /** A fact to be brought into sight. */
  wanted: string | null;
}

/** All facts by day, the latest first. */
export function Timeline({ facts, wanted }: TimelineProps) {
  const [editing, setEditing] = useState<string | null>(null);
  const lines = useMemo(() => timelineOf(facts), [facts]);
  const byId = useMemo(() => new Map(facts.map((fact) => [fact.id, fact])), [facts]);
  const at = (id: string | null) => {
    const index = id === null ? -1 : lines.findIndex((line) => line.key === id);
    return index < 0 ? undefined : index;
  };
  return (
    <LongList items={lines} keyOf={(line) => line.key} estimate={70} show={at(wanted)} keep={at(editing)}>
      {(line) =>
        "fact" in line ? (
          <div
            className={clsx(
              "border-x border-t border-line bg-raised",
              line.first && "rounded-t-2xl",
              line.last && "rounded-b-2xl border-b",
            )}
          >
            <FactRow
              fact={line.fact}
              dated={line.pinned}
              next={byId.get(line.fact.superseded_by ?? "")}
              current={line.key === wanted}
              editing={line.key === editing}
              onEdit={setEditing}
            />
          </div>
        ) : (
          <Day day={line.day} />
        )
      }
    </LongList>
  );
}

function Day({ day }: { day: string | null }) {
  const { t, i18n } = useTranslation();
  const now = new Date();
  const age = day === null ? "pinned" : ageOf(day, now);
  const said = age === "pinned" || age === "today" || age === "yesterday";
  return (
    <h2 className="flex items-center gap-1.5 pt-6 pb-2 text-sm font-medium text-soft">
      {day === null && <Pin size={13} aria-hidden />}
      {day === null || said ? t(`conversations.group.${age}`) : formatDay(day, i18n.language, now, true)}
    </h2>
  );
}
