import { RotateCcw, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import { IconButton } from "@/shared/ui/Button";

import { FileChip } from "./FileChip";
import { Thumbnail } from "./Thumbnail";
import { attachAgain, detach, type Upload } from "./uploads";

/** What goes with the message that is being written. */
export function UploadList({ place, uploads }: { place: string; uploads: Upload[] }) {
  const { t } = useTranslation();
  if (uploads.length === 0) return null;
  const failed = uploads.filter((upload) => upload.problem);
  return (
    <div className="px-2 pt-1.5 pb-2">
      <ul aria-label={t("attachments.title")} className="flex flex-wrap gap-2">
        {uploads.map((upload) => (
          <li key={upload.key} className="max-w-full min-w-0">
            <Chip place={place} upload={upload} />
          </li>
        ))}
      </ul>
      {failed.length > 0 && (
        <div role="alert" className="mt-2 space-y-1 px-1 text-[13px]">
          {failed.map(({ key, name, problem }) => (
            <p key={key}>
              <span className="font-medium wrap-anywhere">{name}</span>: {problem?.message}{" "}
              <span className="text-soft">{problem?.remedy}</span>
            </p>
          ))}
        </div>
      )}
    </div>
  );
}

function Chip({ place, upload }: { place: string; upload: Upload }) {
  const { t } = useTranslation();
  const { name, size, image, file, attachment, problem, share } = upload;
  const underWay = !attachment && !problem;
  return (
    <FileChip
      name={name}
      size={size}
      failed={problem !== null}
      picture={
        image &&
        !problem && (
          <Thumbnail
            id={attachment?.id ?? null}
            file={file}
            name=""
            className="size-10 shrink-0 rounded-lg"
          />
        )
      }
    >
      {problem && file && (
        <IconButton label={t("attachments.again", { name })} small onClick={() => attachAgain(place, upload)}>
          <RotateCcw size={14} />
        </IconButton>
      )}
      <IconButton label={t("attachments.remove", { name })} small onClick={() => detach(place, upload.key)}>
        <X size={15} />
      </IconButton>
      {underWay && (
        <span
          role="progressbar"
          aria-label={t("attachments.sending", { name })}
          aria-valuenow={Math.round(share * 100)}
          className="absolute inset-x-0 bottom-0 h-1 bg-hover"
        >
          <span
            className="block h-full bg-accent transition-all"
            style={{ width: `${Math.max(4, share * 100)}%` }}
          />
        </span>
      )}
    </FileChip>
  );
}
