import { useTranslation } from "react-i18next";

import { WakeTest } from "@/features/sound/WakeTest";
import { Orb } from "@/features/voice/Orb";
import { useLive } from "@/shared/live/store";

import { Card } from "./Card";

/** The wake word, said once. */
export function WakeStep() {
  const { t } = useTranslation();
  const trying = useLive((live) => live.trial === "wake");
  const heard = useLive((live) => live.hits.length > 0);
  const level = useLive((live) => live.level);
  return (
    <>
      <div className="mb-6 flex flex-col items-center gap-3">
        <Orb state={heard ? "speaking" : trying ? "listening" : "idle"} level={level} size={96} />
        <p className="text-lg font-medium">{heard ? t("firstRun.wakeHeard") : t("firstRun.wakeSay")}</p>
      </div>
      <Card title={t("firstRun.step.wake.name")}>
        <WakeTest goal={1} />
      </Card>
    </>
  );
}
