import { useTranslation } from "react-i18next";

import { OneSetting } from "@/features/settings/OneSetting";
import { useSetting } from "@/features/settings/useSettings";
import { MicrophoneTest } from "@/features/sound/MicrophoneTest";
import { ToneTest } from "@/features/sound/ToneTest";

import { Card } from "./Card";

/** The microphone and the speaker, chosen and tried. */
export function SoundStep() {
  const { t } = useTranslation();
  const input = useSetting("audio.input");
  const output = useSetting("audio.output");
  return (
    <div className="space-y-4">
      <Card title={t("firstRun.microphone")}>
        <OneSetting name="audio.input" />
        <MicrophoneTest device={String(input)} />
      </Card>
      <Card title={t("firstRun.speaker")}>
        <OneSetting name="audio.output" />
        <ToneTest device={String(output)} />
      </Card>
    </div>
  );
}
