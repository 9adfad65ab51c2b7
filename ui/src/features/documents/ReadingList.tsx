import clsx from "clsx";
import { CircleAlert, Clock, LoaderCircle, RotateCcw, X } from "lucide-react";
import { Progress } from "radix-ui";
import { useTranslation } from "react-i18next";

import { useLive } from "@/shared/live/store";
import { IconButton } from "@/shared/ui/Button";

import { cancel, readAgain, useReadings, type Reading } from "./readings";

const ICONS = { waiting: Clock, sending: LoaderCircle, reading: LoaderCircle, failed: CircleAlert };

/** The files that are to be read, with how far they are, or why they could not be. */
export function ReadingList() {
  const { t } = useTranslation();
  const readings = useReadings((state) => state.readings);
  if (readings.length === 0) return null;
  return (
    <ul
      aria-label={t("documents.underWay")}
      className="mb-8 divide-y divide-line rounded-2xl border border-line bg-raised"
    >
      {readings.map((reading) => (
        <li key={reading.key}>
          <ReadingRow reading={reading} />
        </li>
      ))}
    </ul>
  );
}

function ReadingRow({ reading }: { reading: Reading }) {
  const { t } = useTranslation();
  const { key, file, state, problem } = reading;
  const Icon = ICONS[state];
  return (
    <div className="flex items-start gap-3 px-4 py-3">
      <Icon
        size={18}
        className={clsx(
          "mt-0.5 shrink-0",
          problem ? "text-danger" : "text-soft",
          Icon === LoaderCircle && "animate-spin text-accent!",
        )}
        aria-hidden
      />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium" title={file.name}>
          {file.name}
        </p>
        {problem ? (
          <div role="alert" className="text-[13px]">
            <p className="wrap-anywhere">{problem.message}</p>
            <p className="wrap-anywhere text-soft">{problem.remedy}</p>
          </div>
        ) : (
          <HowFar reading={reading} />
        )}
      </div>
      <div className="-my-1 -mr-2 flex shrink-0">
        {problem && (
          <IconButton label={t("documents.again", { name: file.name })} small onClick={() => readAgain(key)}>
            <RotateCcw size={15} />
          </IconButton>
        )}
        <IconButton
          label={t(problem ? "documents.dismiss" : "documents.cancel", { name: file.name })}
          small
          onClick={() => cancel(key)}
        >
          <X size={16} />
        </IconButton>
      </div>
    </div>
  );
}

function HowFar({ reading: { file, state, share } }: { reading: Reading }) {
  const { t } = useTranslation();
  const live = useLive(({ reading }) => (reading?.name === file.name ? reading : null));
  // Events may come before the request is known to have been sent.
  const read = state === "reading" || live ? live : null;
  const done = read && read.of > 0 ? read.done / read.of : state === "sending" ? share : null;
  const text = read
    ? t("documents.pagesDone", { done: read.done, of: read.of })
    : t(`documents.state.${state}`);
  return (
    <div className="mt-1 flex items-center gap-3">
      {state !== "waiting" && (
        <Progress.Root
          value={done === null ? null : Math.round(done * 100)}
          aria-label={t("documents.progress", { name: file.name })}
          className="h-1.5 flex-1 overflow-hidden rounded-full bg-hover"
        >
          <Progress.Indicator
            className={clsx(
              "h-full rounded-full bg-accent transition-all",
              done === null && "animate-pulse opacity-50",
            )}
            style={{ width: done === null ? "100%" : `${Math.max(3, done * 100)}%` }}
          />
        </Progress.Root>
      )}
      <span className="text-xs text-soft tabular-nums">{text}</span>
    </div>
  );
}
