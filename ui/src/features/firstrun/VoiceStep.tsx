import { OneSetting } from "@/features/settings/OneSetting";
import { VoicePreview } from "@/features/sound/VoicePreview";

import { Card } from "./Card";

/** The voice, chosen and heard. */
export function VoiceStep() {
  return (
    <Card>
      <OneSetting name="tts.voice" />
      <OneSetting name="tts.speed" />
      <VoicePreview />
    </Card>
  );
}
