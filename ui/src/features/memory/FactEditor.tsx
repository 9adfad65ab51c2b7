import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Autosize } from "@/shared/ui/Autosize";
import { Button } from "@/shared/ui/Button";
import { Segmented } from "@/shared/ui/fields";

/** What other words mean: a slip of the pen, or that the world is another one now. */
export type Change = "correct" | "changed";

interface FactEditorProps {
  text?: string;
  /** Whether the words can stand for something new that takes the place of the old. */
  changeable?: boolean;
  busy: boolean;
  onCancel: () => void;
  onSave: (text: string, change: Change) => void;
}

/** Where a fact is written or changed. Enter keeps it, Escape leaves it as it was. */
export function FactEditor({ text = "", changeable = false, busy, onCancel, onSave }: FactEditorProps) {
  const { t } = useTranslation();
  const [written, setWritten] = useState(text);
  const [change, setChange] = useState<Change>("correct");
  const known = text !== "";
  const ready = /[\p{L}\p{N}]/u.test(written) && written.trim() !== text && !busy;
  const save = () => {
    if (ready) onSave(written.trim(), change);
  };
  return (
    <form
      className="p-3"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Autosize
        // The person has just asked to write here.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        aria-label={known ? t("memory.words") : t("memory.add")}
        placeholder={t("memory.placeholder")}
        maxLength={10_000}
        className="rounded-lg border border-line bg-page px-3 py-2 text-[15px] focus-visible:border-accent"
        value={written}
        onChange={(event) => setWritten(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.preventDefault();
            onCancel();
          }
          if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            save();
          }
        }}
      />
      <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2">
        {changeable && (
          <Segmented
            label={t("memory.change.label")}
            value={change}
            options={(["correct", "changed"] as const).map((value) => ({
              value,
              text: t(`memory.change.${value}`),
            }))}
            onChange={setChange}
          />
        )}
        <span className="ml-auto flex gap-2">
          <Button onClick={onCancel}>{t("common.cancel")}</Button>
          <Button type="submit" look="solid" disabled={!ready}>
            {t("memory.save")}
          </Button>
        </span>
      </div>
      {changeable && <p className="mt-2 px-1 text-[13px] text-soft">{t(`memory.change.${change}Note`)}</p>}
    </form>
  );
}
