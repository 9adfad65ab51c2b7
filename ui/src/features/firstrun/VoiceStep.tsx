import { useTranslation } from "react-i18next";

import { OneSetting } from "@/features/settings/OneSetting";
import { VoicePreview } from "@/features/sound/VoicePreview";

import { Card } from "./Card";

/** The voice, chosen and heard. */
export function VoiceStep() {
  const { t } = useTranslation();
  return (
    <Card title={t("firstRun.step.voice.name")}>
      <OneSetting name="tts.voice" />
      <OneSetting name="tts.speed" />
      <VoicePreview />
    </Card>
  );
}
