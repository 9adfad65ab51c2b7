import { useTranslation } from "react-i18next";

import { api, shell, type Attachment } from "@/backend";
import { showFailure } from "@/shared/failure";

import { FileChip } from "./FileChip";
import { Lightbox } from "./Lightbox";
import { Thumbnail } from "./Thumbnail";
import { isImage } from "./uploads";

/** What went with a message: pictures open large, texts are saved. */
export function SentAttachments({ attachments }: { attachments: Attachment[] }) {
  const { t } = useTranslation();
  if (attachments.length === 0) return null;
  return (
    <ul aria-label={t("attachments.title")} className="mb-1.5 flex max-w-[85%] flex-wrap justify-end gap-2">
      {attachments.map((attachment) => (
        <li key={attachment.id} className="max-w-full min-w-0">
          {isImage(attachment.media_type) ? (
            <Lightbox attachment={attachment}>
              <button
                type="button"
                aria-label={t("attachments.enlarge", { name: attachment.name })}
                className="block overflow-hidden rounded-2xl border border-line transition hover:brightness-95"
              >
                <Thumbnail id={attachment.id} name={attachment.name} className="block size-36" />
              </button>
            </Lightbox>
          ) : (
            <button
              type="button"
              aria-label={t("attachments.save", { name: attachment.name })}
              className="block max-w-full rounded-xl transition hover:brightness-95"
              onClick={() => void save(attachment)}
            >
              <FileChip name={attachment.name} size={attachment.size_bytes} />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

async function save({ id, name }: Attachment): Promise<void> {
  try {
    await shell.saveFile({ name, blob: await api.attachment(id) });
  } catch (error) {
    showFailure(error);
  }
}
