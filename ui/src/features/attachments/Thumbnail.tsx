import clsx from "clsx";
import { ImageOff } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useAttachment, useObjectUrl } from "./useBlob";

interface ThumbnailProps {
  /** Of the attachment; none while it is only here. */
  id: string | null;
  file?: File | null;
  name: string;
  className: string;
}

/** A picture, fetched by the backend: an address of the API in `src` would lack the token. */
export function Thumbnail({ id, file = null, name, className }: ThumbnailProps) {
  const { t } = useTranslation();
  const { data, isError } = useAttachment(id ?? "", id !== null && !file);
  const url = useObjectUrl(file ?? data);
  if (isError) {
    return (
      <span className={clsx("flex items-center justify-center bg-hover text-soft", className)}>
        <ImageOff size={18} role="img" aria-label={t("attachments.gone", { name })} />
      </span>
    );
  }
  if (!url) return <span className={clsx("animate-pulse bg-hover", className)} />;
  return <img src={url} alt={name} className={clsx("object-cover", className)} />;
}
