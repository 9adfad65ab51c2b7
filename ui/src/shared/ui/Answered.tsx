import type { UseQueryResult } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Problem } from "@/backend";
import { failureOf } from "@/shared/failure";

import { Button } from "./Button";

/** Grey bars where text is going to be. */
export function Skeleton({ lines }: { lines: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("common.loading")} className="animate-pulse space-y-3 p-4">
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="h-4 rounded bg-hover odd:w-11/12 even:w-2/3" />
      ))}
    </div>
  );
}

interface FailureNoteProps {
  failure: Problem;
  onRetry?: () => void;
}

export function FailureNote({ failure, onRetry }: FailureNoteProps) {
  const { t } = useTranslation();
  return (
    <div role="alert" className="flex gap-3 rounded-xl bg-danger-soft p-4 text-sm">
      <CircleAlert size={18} className="mt-0.5 shrink-0 text-danger" aria-hidden />
      <div>
        <p className="font-medium">{failure.message}</p>
        <p className="text-soft">{failure.remedy}</p>
        {onRetry && (
          <Button className="mt-3" onClick={onRetry}>
            {t("common.retry")}
          </Button>
        )}
      </div>
    </div>
  );
}

interface AnsweredProps<T> {
  query: UseQueryResult<T>;
  lines?: number;
  children: (data: T) => ReactNode;
}

/** What a query gave, or that it is on its way, or why it failed. */
export function Answered<T>({ query, lines = 6, children }: AnsweredProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
    return <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />;
  }
  return <Skeleton lines={lines} />;
}
