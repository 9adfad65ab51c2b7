import { Eraser, Plus } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";

import type { Sought } from "@/backend";
import { FactEditor } from "@/features/memory/FactEditor";
import { ForgetDialog } from "@/features/memory/ForgetDialog";
import { MemoryStats } from "@/features/memory/MemoryStats";
import { SearchResults } from "@/features/memory/SearchResults";
import { Timeline } from "@/features/memory/Timeline";
import { useFacts, useFound, useMemoryActions } from "@/features/memory/useMemory";
import { useSettled } from "@/shared/lib/useSettled";
import { Answered } from "@/shared/ui/Answered";
import { Button } from "@/shared/ui/Button";
import { SearchField, Segmented, Switch } from "@/shared/ui/fields";
import { Page } from "@/shared/ui/Page";

/** So long nothing is typed before it is looked for. */
const TYPED_MS = 200;

const KINDS = { all: null, told: "fact", said: "message", read: "document" } as const;
type KindName = keyof typeof KINDS;

/** What Jarvis remembers: all of it by day, or what was looked for. */
export function Component() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const [search, setSearch] = useState("");
  const [kind, setKind] = useState<KindName>("all");
  const [past, setPast] = useState(params.has("past"));
  const [adding, setAdding] = useState(false);
  const addButton = useRef<HTMLButtonElement>(null);
  const [forgetting, setForgetting] = useState(false);
  const settled = useSettled(search.trim(), TYPED_MS);
  // Without a word there is nothing to look for.
  const asked = search.trim() !== "" && /[\p{L}\p{N}]/u.test(settled) ? settled : "";
  const aside = (
    <div className="flex flex-wrap gap-2">
      <Button onClick={() => setForgetting(true)}>
        <Eraser size={15} aria-hidden />
        {t("memory.forgetAll.open")}
      </Button>
      <Button ref={addButton} look="solid" onClick={() => setAdding(true)}>
        <Plus size={15} aria-hidden />
        {t("memory.add")}
      </Button>
    </div>
  );
  return (
    <Page title={t("memory.title")} aside={aside}>
      {adding && (
        <Adding
          onDone={() => {
            setAdding(false);
            addButton.current?.focus();
          }}
        />
      )}
      <SearchField
        placeholder={t("memory.search")}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || !search) return;
          event.preventDefault();
          setSearch("");
        }}
      />
      <div className="mt-3 flex min-h-9 flex-wrap items-center gap-x-4 gap-y-2">
        {asked && (
          <Segmented
            label={t("memory.kind.label")}
            value={kind}
            options={(Object.keys(KINDS) as KindName[]).map((value) => ({
              value,
              text: t(`memory.kind.${value}`),
            }))}
            onChange={setKind}
          />
        )}
        <div className="ml-auto flex items-center gap-2.5 text-sm text-soft">
          <span aria-hidden>{t("memory.past")}</span>
          <Switch label={t("memory.past")} checked={past} onChange={setPast} />
        </div>
      </div>
      {asked ? (
        <Results sought={{ q: asked, kind: KINDS[kind], past }} />
      ) : (
        <Facts past={past} wanted={params.get("fact")} />
      )}
      <MemoryStats />
      <ForgetDialog open={forgetting} onOpenChange={setForgetting} />
    </Page>
  );
}

function Adding({ onDone }: { onDone: () => void }) {
  const { remember } = useMemoryActions();
  return (
    <div className="animate-fade mb-5 rounded-2xl border border-accent bg-raised">
      <FactEditor
        busy={remember.isPending}
        onCancel={onDone}
        onSave={(text) => remember.mutate(text, { onSuccess: onDone })}
      />
    </div>
  );
}

function Facts({ past, wanted }: { past: boolean; wanted: string | null }) {
  const { t } = useTranslation();
  const query = useFacts(past);
  return (
    <Answered query={query} lines={8}>
      {(facts) =>
        facts.length > 0 ? (
          <Timeline facts={facts} wanted={wanted} />
        ) : (
          <div className="py-16 text-center">
            <p className="font-medium">{t("memory.none")}</p>
            <p className="mx-auto mt-1 max-w-sm text-sm text-soft">{t("memory.noneNote")}</p>
          </div>
        )
      }
    </Answered>
  );
}

function Results({ sought }: { sought: Sought }) {
  const query = useFound(sought);
  return (
    <Answered query={query} lines={8}>
      {(results) => <SearchResults results={results} search={sought.q} />}
    </Answered>
  );
}
