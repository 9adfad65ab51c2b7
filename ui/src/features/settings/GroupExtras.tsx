import { MicrophoneTest } from "@/features/sound/MicrophoneTest";
import { ToneTest } from "@/features/sound/ToneTest";
import { VoicePreview } from "@/features/sound/VoicePreview";
import { WakeTest } from "@/features/sound/WakeTest";
import { WakeWords } from "@/features/wake/WakeWords";

import { useSetting } from "./useSettings";

/** What can be tried of a group of settings, below them. */
export function GroupExtras({ group }: { group: string }) {
  switch (group) {
    case "audio":
      return <SoundTests />;
    case "wake":
      return (
        <>
          <WakeTest goal={3} />
          <WakeWords />
        </>
      );
    case "tts":
      return <VoicePreview />;
    default:
      return null;
  }
}

function SoundTests() {
  const input = useSetting("audio.input");
  const output = useSetting("audio.output");
  return (
    <>
      <MicrophoneTest device={String(input)} />
      <ToneTest device={String(output)} />
    </>
  );
}
