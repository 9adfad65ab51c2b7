import { Braces, Download, FileText, Upload } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Answered } from "@/shared/ui/Answered";
import { BusyButton } from "@/shared/ui/BusyButton";
import { Button } from "@/shared/ui/Button";
import { Dialog } from "@/shared/ui/Dialog";
import { FilePicker } from "@/shared/ui/FilePicker";
import { Menu, MenuItem } from "@/shared/ui/Menu";

import { amountOf } from "./amount";
import { useIntake, useMemoryActions } from "./useMemory";

/** Gives the whole memory to the person as a file, and takes such a file in. */
export function ArchiveMenu() {
  const { t } = useTranslation();
  const { save } = useMemoryActions();
  const [file, setFile] = useState<File | null>(null);
  return (
    <>
      <FilePicker
        label={t("memory.archive.choose")}
        testId="memory-picker"
        accept=".jsonl"
        onFiles={(files) => setFile(files[0] ?? null)}
      >
        {(open) => (
          <Menu
            trigger={
              <Button>
                <Download size={15} aria-hidden />
                {t("memory.archive.open")}
              </Button>
            }
          >
            <MenuItem icon={Braces} label={t("memory.archive.json")} onSelect={() => save.mutate("json")} />
            <MenuItem
              icon={FileText}
              label={t("memory.archive.markdown")}
              onSelect={() => save.mutate("markdown")}
            />
            <MenuItem icon={Upload} label={t("memory.archive.import")} onSelect={open} />
          </Menu>
        )}
      </FilePicker>
      <Dialog
        open={file !== null}
        onOpenChange={() => setFile(null)}
        title={t("memory.archive.title", { name: file?.name })}
      >
        {file && <Intake file={file} onDone={() => setFile(null)} />}
      </Dialog>
    </>
  );
}

/** Shows first what would come of it. */
function Intake({ file, onDone }: { file: File; onDone: () => void }) {
  const { t, i18n } = useTranslation();
  const { takeIn } = useMemoryActions();
  return (
    <Answered query={useIntake(file)} lines={3}>
      {({ added, known }) => {
        const { facts, conversations, messages, documents, passages } = added;
        const nothing = facts + conversations + messages + documents + passages === 0;
        return (
          <>
            <p role="status">{t("memory.archive.added", { amount: amountOf(added, t, i18n.language) })}</p>
            <p className="mt-1 text-sm text-soft">
              {t("memory.archive.known", { amount: amountOf(known, t, i18n.language) })}
            </p>
            {added.attachments_left_out > 0 && (
              <p className="mt-1 text-sm text-soft">
                {t("memory.archive.attachments", { count: added.attachments_left_out })}
              </p>
            )}
            <div className="mt-6 flex justify-end gap-2">
              <Button onClick={onDone}>{t("common.cancel")}</Button>
              <BusyButton
                icon={Upload}
                look="solid"
                busy={takeIn.isPending}
                disabled={nothing || takeIn.isPending}
                onClick={() => takeIn.mutate(file, { onSuccess: onDone })}
              >
                {t("memory.archive.takeIn")}
              </BusyButton>
            </div>
          </>
        );
      }}
    </Answered>
  );
}
