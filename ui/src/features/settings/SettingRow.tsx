import clsx from "clsx";
import { RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Setting } from "@/backend";
import { IconButton } from "@/shared/ui/Button";

import { Control } from "./Control";
import { sameValue } from "./groups";
import { useSettingText } from "./texts";
import { useChangeSetting } from "./useSettings";

interface RowProps {
  label: string;
  description: string;
  /** Takes the default again; none where it is the default. */
  onReset?: (() => void) | undefined;
  /** Its control is as wide as itself, and stays beside the text on a phone. */
  compact?: boolean;
  children: ReactNode;
}

export function Row({ label, description, onReset, compact = false, children }: RowProps) {
  const { t } = useTranslation();
  return (
    <div
      className={clsx(
        "flex gap-x-6 gap-y-2 px-4 py-3.5 sm:flex-row sm:items-center",
        !compact && "max-sm:flex-col",
      )}
    >
      <div className="min-w-0 flex-1">
        <h3 className="text-sm font-medium">{label}</h3>
        <p className="mt-0.5 text-[13px] leading-snug text-soft">{description}</p>
      </div>
      <div className="flex items-center gap-1">
        {onReset && (
          <IconButton label={t("settings.reset", { name: label })} small onClick={onReset}>
            <RotateCcw size={14} />
          </IconButton>
        )}
        <div className={clsx("flex justify-end", compact ? "w-auto" : "w-full sm:w-auto sm:min-w-52")}>
          {children}
        </div>
      </div>
    </div>
  );
}

export function SettingRow({ setting }: { setting: Setting }) {
  const change = useChangeSetting();
  const { label, description } = useSettingText(setting);
  const changed = !sameValue(setting.value, setting.default);
  return (
    <Row
      label={label}
      description={description}
      compact={setting.kind === "boolean"}
      onReset={changed ? () => change.mutate({ [setting.key]: null }) : undefined}
    >
      <Control setting={setting} onChange={(value) => change.mutate({ [setting.key]: value })} />
    </Row>
  );
}
