import { Check, Mic, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Problem, Teaching } from "@/backend";
import { LevelMeter } from "@/features/sound/LevelMeter";
import { worded } from "@/shared/failure";
import { useLive } from "@/shared/live/store";
import { FailureNote } from "@/shared/ui/Answered";
import { BusyButton } from "@/shared/ui/BusyButton";
import { Button, IconButton } from "@/shared/ui/Button";

import { useTeachingActions } from "./useWakeWords";

interface RecordingsProps {
  teaching: Teaching;
  /** Why the last training failed. */
  failure: Problem | null | undefined;
}

/** Recordings of the phrase, one after another; each can be taken back and said again. */
export function Recordings({ teaching: { phrase, recordings, wanted }, failure }: RecordingsProps) {
  const { t } = useTranslation();
  const { record, takeBack, train, end } = useTeachingActions();
  const level = useLive((live) => live.level);
  const enough = recordings >= wanted;
  const busy = record.isPending || takeBack.isPending || train.isPending;
  const unsuitable = record.data?.unsuitable;
  const words = () => {
    if (record.isPending) return t("teach.sayNow", { phrase });
    if (unsuitable) return t(`teach.unsuitable.${unsuitable}`);
    return t(enough ? "teach.enough" : "teach.say", { phrase });
  };
  return (
    <div className="flex flex-col gap-3">
      {failure && <FailureNote failure={worded(failure)} />}
      <p className="text-sm">
        {t("teach.count", { phrase, done: Math.min(recordings, wanted), wanted })}
        {recordings > wanted && ` (+${recordings - wanted})`}
      </p>
      <ol aria-label={t("teach.recordings")} className="flex flex-wrap gap-2">
        {Array.from({ length: Math.max(wanted, recordings) }, (_, index) => (
          <Recording
            key={index}
            number={index + 1}
            there={index < recordings}
            busy={busy}
            onTakeBack={() => {
              record.reset();
              takeBack.mutate(index + 1);
            }}
          />
        ))}
      </ol>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <BusyButton
          look={enough ? "plain" : "solid"}
          icon={Mic}
          busy={record.isPending}
          disabled={busy}
          onClick={() => record.mutate()}
        >
          {t(enough ? "teach.recordMore" : "teach.record")}
        </BusyButton>
        {record.isPending && (
          <div className="flex min-w-40 flex-1 items-center gap-3">
            <Countdown />
            <LevelMeter level={level} />
          </div>
        )}
      </div>
      <p role="status" className="min-h-5 text-[13px] text-soft">
        {words()}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button look="solid" disabled={!enough || busy} onClick={() => train.mutate()}>
          {t("teach.train")}
        </Button>
        <Button disabled={busy || end.isPending} onClick={() => end.mutate()}>
          {t("teach.giveUp")}
        </Button>
      </div>
    </div>
  );
}

interface RecordingProps {
  number: number;
  there: boolean;
  busy: boolean;
  onTakeBack: () => void;
}

function Recording({ number, there, busy, onTakeBack }: RecordingProps) {
  const { t } = useTranslation();
  return there ? (
    <li className="flex items-center gap-1 rounded-full border border-accent bg-accent-soft pl-2.5 text-xs text-accent">
      <Check size={13} aria-hidden />
      <span>{t("teach.recording", { number })}</span>
      <IconButton small round label={t("teach.takeBack", { number })} disabled={busy} onClick={onTakeBack}>
        <X size={13} />
      </IconButton>
    </li>
  ) : (
    <li
      aria-label={t("teach.missing", { number })}
      className="h-7.5 w-12 rounded-full border border-dashed border-soft/40"
    />
  );
}

/** How long a recording is, seconds. */
const LONG = 2.5;

/** The seconds that are left; seen only, as what is to be done is said beside it. */
function Countdown() {
  const [left, setLeft] = useState(LONG);
  useEffect(() => {
    const timer = setInterval(() => setLeft((before) => Math.max(0, before - 0.5)), 500);
    return () => clearInterval(timer);
  }, []);
  return (
    <span aria-hidden className="w-4 text-center text-sm font-medium tabular-nums">
      {Math.ceil(left)}
    </span>
  );
}
