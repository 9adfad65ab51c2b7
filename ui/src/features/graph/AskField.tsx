import { CornerDownLeft } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { IconButton } from "@/shared/ui/Button";
import { fieldLook } from "@/shared/ui/fields";

/** Where the graph is asked a question. */
export function AskField({ onAsk }: { onAsk: (question: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const ready = /[\p{L}\p{N}]/u.test(text);
  return (
    <form
      className="relative"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onAsk(text.trim());
      }}
    >
      <input
        aria-label={t("graph.ask.label")}
        placeholder={t("graph.ask.placeholder")}
        autoComplete="off"
        maxLength={500}
        className={`${fieldLook} w-full pr-9`}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || !text) return;
          event.preventDefault();
          setText("");
        }}
      />
      <IconButton
        type="submit"
        label={t("graph.ask.send")}
        small
        disabled={!ready}
        className="absolute top-1 right-1"
      >
        <CornerDownLeft size={15} />
      </IconButton>
    </form>
  );
}
