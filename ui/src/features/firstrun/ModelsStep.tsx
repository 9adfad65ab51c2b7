import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type ModelEntry } from "@/backend";
import { Fetched } from "@/features/models/Fetched";
import { PauseButton, PullButton } from "@/features/models/ModelButtons";
import { useModelActions, useModels } from "@/features/models/useModels";
import { formatBytes } from "@/shared/lib/format";
import { keys } from "@/shared/queries";
import { Answered } from "@/shared/ui/Answered";
import { Button } from "@/shared/ui/Button";

import { Card } from "./Card";

/** The models that suit this machine: which of them to fetch, and how far that is. */
export function ModelsStep() {
  const query = useModels();
  return (
    <Answered query={query} lines={8}>
      {(models) => <Choice models={models.filter((model) => model.recommended)} />}
    </Answered>
  );
}

function Choice({ models }: { models: ModelEntry[] }) {
  const { t, i18n } = useTranslation();
  const { pull } = useModelActions();
  const free = useQuery({ queryKey: keys.machine, queryFn: api.machine }).data?.disk_free_bytes;
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const wanting = models.filter((model) => model.state !== "installed" && model.state !== "fetching");
  const chosen = wanting.filter((model) => !left.has(model.id));
  const bytes = chosen.reduce((sum, model) => sum + model.size_bytes - model.done_bytes, 0);
  const size = formatBytes(bytes, i18n.language);
  const tight = free !== undefined && bytes > free;
  return (
    <>
      <Card title={t("firstRun.step.models.name")}>
        {models.map((model) => (
          <Line
            key={model.id}
            model={model}
            chosen={!left.has(model.id)}
            onChoose={(chosen) => {
              const next = new Set(left);
              if (chosen) next.delete(model.id);
              else next.add(model.id);
              setLeft(next);
            }}
          />
        ))}
      </Card>
      <div className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        {wanting.length > 0 ? (
          <Button
            look="soft"
            disabled={chosen.length === 0 || pull.isPending}
            onClick={() => chosen.forEach((model) => pull.mutate(model.id))}
          >
            <Download size={15} aria-hidden />
            {t("firstRun.fetch", { count: chosen.length, size })}
          </Button>
        ) : (
          <p className="text-sm text-soft">
            {t(
              models.some((model) => model.state === "fetching") ? "firstRun.fetching" : "firstRun.allThere",
            )}
          </p>
        )}
        {free !== undefined && (
          <p className={tight ? "text-[13px] text-danger" : "text-[13px] text-soft"}>
            {t(tight ? "firstRun.tight" : "firstRun.free", { size: formatBytes(free, i18n.language) })}
          </p>
        )}
      </div>
    </>
  );
}

interface LineProps {
  model: ModelEntry;
  chosen: boolean;
  onChoose: (chosen: boolean) => void;
}

function Line({ model, chosen, onChoose }: LineProps) {
  const { t, i18n } = useTranslation();
  const open = model.state === "missing" || model.state === "partial" || model.state === "damaged";
  return (
    <div className="flex items-center gap-3.5 px-4 py-3">
      {open ? (
        <input
          type="checkbox"
          aria-label={t("firstRun.choose", { name: model.name })}
          checked={chosen}
          onChange={(event) => onChoose(event.target.checked)}
          className="size-4.5 shrink-0 accent-accent"
        />
      ) : (
        <CircleCheck
          size={18}
          aria-hidden
          className={model.state === "installed" ? "shrink-0 text-good" : "shrink-0 text-soft/50"}
        />
      )}
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium">{model.name}</p>
        <p className="text-[13px] text-soft">
          {[
            t(`models.stage.${model.stage}.note`, { defaultValue: "" }),
            model.state === "installed"
              ? t("models.installed")
              : formatBytes(model.size_bytes, i18n.language),
          ]
            .filter(Boolean)
            .join(" ")}
        </p>
        <Fetched model={model} />
      </div>
      {model.state === "fetching" && <PauseButton model={model} />}
      {model.state === "partial" && <PullButton model={model} />}
    </div>
  );
}
