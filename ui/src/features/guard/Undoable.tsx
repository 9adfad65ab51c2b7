import { TriangleAlert, Undo2 } from "lucide-react";
import { useTranslation } from "react-i18next";

/** Whether something can be taken back. */
export function Undoable({ undoable }: { undoable: boolean }) {
  const { t } = useTranslation();
  const Icon = undoable ? Undo2 : TriangleAlert;
  return (
    <span className="inline-flex items-center gap-1.5 text-[13px] font-normal text-soft">
      <Icon size={14} aria-hidden />
      {t(undoable ? "guard.undoable" : "guard.final")}
    </span>
  );
}
