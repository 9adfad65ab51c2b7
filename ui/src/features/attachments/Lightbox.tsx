import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Attachment } from "@/backend";

import { Thumbnail } from "./Thumbnail";

/** A picture as large as the window lets it be. */
export function Lightbox({ attachment, children }: { attachment: Attachment; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Dialog.Root>
      <Dialog.Trigger asChild>{children}</Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="animate-fade fixed inset-0 z-40 bg-black/80" />
        <Dialog.Content
          aria-describedby={undefined}
          className="animate-fade fixed inset-0 z-50 flex flex-col items-center justify-center gap-3 p-4 outline-none sm:p-10"
        >
          {/* A click beside the picture closes it. */}
          <Dialog.Close aria-hidden tabIndex={-1} className="absolute inset-0 cursor-default" />
          <Thumbnail
            id={attachment.id}
            name={attachment.name}
            className="relative min-h-0 max-w-full rounded-lg object-contain!"
          />
          <Dialog.Title className="relative max-w-full truncate text-sm text-white/85">
            {attachment.name}
          </Dialog.Title>
          <Dialog.Close
            aria-label={t("common.close")}
            className="absolute top-3 right-3 rounded-full bg-black/50 p-2.5 text-white hover:bg-black/80"
          >
            <X size={18} />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
