import { useTranslation } from "react-i18next";

import type { Voice } from "./useVoice";

interface StateWordProps {
  shown: Voice["shown"];
  className: string;
}

/** What the voice does. It is read out where it changes; what it hears is not, as the person is speaking then. */
export function StateWord({ shown, className }: StateWordProps) {
  const { t } = useTranslation();
  return (
    <span aria-live="polite" className={className}>
      {t(`voice.state.${shown}`)}
    </span>
  );
}
