import { LoaderCircle, ShieldCheck, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { ModelEntry } from "@/backend";
import { formatBytes } from "@/shared/lib/format";
import { IconButton } from "@/shared/ui/Button";
import { Confirm } from "@/shared/ui/Dialog";

import { Fetched } from "./Fetched";
import { PauseButton, PullButton } from "./ModelButtons";
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
          {model.state === "partial" && (
            <Badge text={t("models.partial")} look="text-soft border border-line" />
          )}
          {model.state === "damaged" && (
            <Badge text={t("models.damaged")} look="bg-danger-soft text-danger" />
          )}
        </div>
        <Facts model={model} />
        {model.note && <p className="mt-1 text-[13px] text-soft">{model.note}</p>}
        <Fetched model={model} />
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

function Actions({ model }: { model: ModelEntry }) {
  const { t } = useTranslation();
  const { remove, verify } = useModelActions();
  const { name } = model;
  const open = model.state === "missing" || model.state === "partial" || model.state === "damaged";
  return (
    <div className="flex shrink-0 items-center gap-1">
      {model.state === "fetching" && <PauseButton model={model} />}
      {open && <PullButton model={model} />}
      {(model.state === "installed" || model.state === "damaged") && (
        <IconButton
          label={t("models.verify", { name })}
          disabled={verify.isPending}
          onClick={() => verify.mutate(model)}
        >
          {verify.isPending ? <LoaderCircle size={16} className="animate-spin" /> : <ShieldCheck size={16} />}
        </IconButton>
      )}
      {model.state !== "missing" && model.state !== "fetching" && (
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
      )}
    </div>
  );
}
