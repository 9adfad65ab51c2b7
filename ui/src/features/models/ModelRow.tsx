import { Download, LoaderCircle, Pause, ShieldCheck, Trash2 } from "lucide-react";
import { Progress } from "radix-ui";
import { useTranslation } from "react-i18next";

import type { ModelEntry } from "@/backend";
import { formatBytes } from "@/shared/lib/format";
import { Button, IconButton } from "@/shared/ui/Button";
import { Confirm } from "@/shared/ui/Dialog";

import { useModelActions } from "./useModels";

export function ModelRow({ model }: { model: ModelEntry }) {
  const { t } = useTranslation();
  return (
    <article
      aria-label={model.name}
      className="flex gap-x-6 gap-y-3 px-4 py-4 max-sm:flex-col sm:items-center"
    >
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-2">
          <h3 className="text-sm font-medium">{model.name}</h3>
          {model.recommended && <Badge text={t("models.recommended")} look="bg-accent-soft text-accent" />}
          {model.state === "installed" && (
            <Badge text={t("models.installed")} look="text-good border border-line" />
          )}
          {model.state === "damaged" && (
            <Badge text={t("models.damaged")} look="bg-danger-soft text-danger" />
          )}
        </div>
        <Facts model={model} />
        {model.note && <p className="mt-1 text-[13px] text-soft">{model.note}</p>}
        {model.state === "fetching" && <Fetching model={model} />}
      </div>
      <Actions model={model} />
    </article>
  );
}

function Badge({ text, look }: { text: string; look: string }) {
  return <span className={`rounded-full px-2 py-0.5 text-[11px] font-medium ${look}`}>{text}</span>;
}

function Facts({ model }: { model: ModelEntry }) {
  const { t, i18n } = useTranslation();
  const names = new Intl.DisplayNames(i18n.language, { type: "language" });
  // The catalogue's "*" stands for any language, and is none that the browser could name.
  const spoken = model.languages
    .slice(0, 4)
    .map((code) => (code === "*" ? t("models.anyLanguage") : (names.of(code) ?? code)));
  if (model.languages.length > 4)
    spoken.push(t("models.moreLanguages", { count: model.languages.length - 4 }));
  return (
    <p className="mt-1 text-[13px] text-soft">
      {[formatBytes(model.size_bytes, i18n.language), model.licence, spoken.join(", ")]
        .filter(Boolean)
        .join(" · ")}
      {/^https:/.test(model.origin) && (
        <>
          {" · "}
          <a
            href={model.origin}
            target="_blank"
            rel="noopener noreferrer"
            className="underline underline-offset-2"
          >
            {t("models.origin")}
          </a>
        </>
      )}
    </p>
  );
}

function Fetching({ model }: { model: ModelEntry }) {
  const { t, i18n } = useTranslation();
  const share = model.size_bytes > 0 ? Math.min(1, model.done_bytes / model.size_bytes) : 0;
  return (
    <div className="mt-2.5 flex items-center gap-3">
      <Progress.Root
        value={Math.round(share * 100)}
        aria-label={t("models.progress", { name: model.name })}
        className="h-1.5 flex-1 overflow-hidden rounded-full bg-hover"
      >
        <Progress.Indicator
          className="h-full rounded-full bg-accent transition-all"
          style={{ width: `${share * 100}%` }}
        />
      </Progress.Root>
      <span className="text-xs text-soft tabular-nums">
        {t("models.of", {
          done: formatBytes(model.done_bytes, i18n.language),
          total: formatBytes(model.size_bytes, i18n.language),
        })}
      </span>
    </div>
  );
}

function Actions({ model }: { model: ModelEntry }) {
  const { t } = useTranslation();
  const { pull, cancel, remove, verify } = useModelActions();
  const { name } = model;
  const begun = model.done_bytes > 0 && model.state === "missing";
  return (
    <div className="flex shrink-0 items-center gap-1">
      {model.state === "fetching" && (
        <Button onClick={() => cancel.mutate(model.id)} aria-label={t("models.pauseNamed", { name })}>
          <Pause size={15} aria-hidden />
          {t("models.pause")}
        </Button>
      )}
      {(model.state === "missing" || model.state === "damaged") && (
        <Button
          look={model.recommended ? "soft" : "plain"}
          disabled={pull.isPending}
          onClick={() => pull.mutate(model.id)}
          aria-label={t(begun ? "models.resumeNamed" : "models.pullNamed", { name })}
        >
          <Download size={15} aria-hidden />
          {t(begun ? "models.resume" : "models.pull")}
        </Button>
      )}
      {(model.state === "installed" || model.state === "damaged") && (
        <>
          <IconButton
            label={t("models.verify", { name })}
            disabled={verify.isPending}
            onClick={() => verify.mutate(model)}
          >
            {verify.isPending ? (
              <LoaderCircle size={16} className="animate-spin" />
            ) : (
              <ShieldCheck size={16} />
            )}
          </IconButton>
          <Confirm
            title={t("models.removeTitle", { name })}
            text={t("models.removeText")}
            action={t("models.remove")}
            onConfirm={() => remove.mutate(model.id)}
          >
            <IconButton label={t("models.removeNamed", { name })}>
              <Trash2 size={16} />
            </IconButton>
          </Confirm>
        </>
      )}
    </div>
  );
}
