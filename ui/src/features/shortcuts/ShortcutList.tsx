import { useTranslation } from "react-i18next";

import { Dialog } from "@/shared/ui/Dialog";

const SHORTCUTS = [
  ["newChat", ["Ctrl", "N"]],
  ["search", ["Ctrl", "K"]],
  ["stop", ["Esc"]],
  ["send", ["Enter"]],
  ["newLine", ["Shift", "Enter"]],
  ["list", ["Ctrl", "/"]],
] as const;

export function ShortcutList({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const { t } = useTranslation();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("shortcuts.title")}>
      <dl className="divide-y divide-line">
        {SHORTCUTS.map(([name, pressed]) => (
          <div key={name} className="flex items-center justify-between py-2.5 text-sm">
            <dt>{t(`shortcuts.${name}`)}</dt>
            <dd className="flex gap-1">
              {pressed.map((key) => (
                <kbd
                  key={key}
                  className="min-w-7 rounded-md border border-line bg-page px-1.5 py-0.5 text-center font-sans text-xs"
                >
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
