import clsx from "clsx";
import { useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";

import type { GraphContents } from "@/backend";
import { Answers } from "@/features/graph/Answers";
import { AskField } from "@/features/graph/AskField";
import { colouringOf, type ColourBy } from "@/features/graph/colouring";
import { EntityList } from "@/features/graph/EntityList";
import { EntityPanel } from "@/features/graph/EntityPanel";
import { EntityPicker } from "@/features/graph/EntityPicker";
import { ExportMenu } from "@/features/graph/ExportMenu";
import { graphOf } from "@/features/graph/graph";
import { Legend } from "@/features/graph/Legend";
import { Picture } from "@/features/graph/picture/Picture";
import { useAnswers, useGraph, usePath } from "@/features/graph/useGraph";
import { Answered } from "@/shared/ui/Answered";
import { Segmented } from "@/shared/ui/fields";
import { Page } from "@/shared/ui/Page";

type Shape = "picture" | "list";

/** Whom and what Jarvis knows, and how they are connected. */
export function Component() {
  const { t } = useTranslation();
  const [shape, setShape] = useState<Shape>("picture");
  const query = useGraph();
  const filled = (query.data?.entities.length ?? 0) > 0;
  const aside = filled && (
    <div className="flex flex-wrap gap-2">
      <Segmented
        label={t("graph.shape.label")}
        value={shape}
        options={(["picture", "list"] as const).map((value) => ({ value, text: t(`graph.shape.${value}`) }))}
        onChange={setShape}
      />
      <ExportMenu />
    </div>
  );
  return (
    <Page title={t("graph.title")} aside={aside} look={filled && shape === "picture" ? "fill" : "wide"}>
      <Answered query={query} lines={8}>
        {(contents) => (filled ? <Connections contents={contents} shape={shape} /> : <Empty />)}
      </Answered>
    </Page>
  );
}

function Empty() {
  const { t } = useTranslation();
  return (
    <div className="py-16 text-center">
      <p className="font-medium">{t("graph.none")}</p>
      <p className="mx-auto mt-1 max-w-sm text-sm text-soft">{t("graph.noneNote")}</p>
    </div>
  );
}

function Connections({ contents, shape }: { contents: GraphContents; shape: Shape }) {
  const { t, i18n } = useTranslation();
  const graph = useMemo(() => graphOf(contents), [contents]);
  const [params, setParams] = useSearchParams();
  const selected = params.get("entity");
  const [path, setPath] = useState<{ from: string; to: string } | null>(null);
  const [question, setQuestion] = useState("");
  const [colourBy, setColourBy] = useState<ColourBy>("kind");

  const select = (id: string | null) => setParams(id === null ? {} : { entity: id });
  const pathTo = path !== null && path.from === selected ? path.to : null;
  const found = usePath(selected, pathTo).data;
  const answers = useAnswers(question).data;
  const highlighted = [pathTo === null ? undefined : found, selected === null ? answers : undefined].find(
    (relations) => relations !== undefined && relations.length > 0,
  );
  const legend = useMemo(() => colouringOf(graph, colourBy).legend, [graph, colourBy]);
  const beside = selected !== null || question !== "";
  const number = new Intl.NumberFormat(i18n.language);
  return (
    <>
      <div className="grid gap-2 sm:grid-cols-2">
        <EntityPicker nodes={graph.nodes} label={t("graph.search.label")} onPick={({ id }) => select(id)} />
        <AskField
          onAsk={(asked) => {
            select(null);
            setQuestion(asked);
          }}
        />
      </div>
      <div className="mt-3 mb-3 flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="text-[13px] text-soft">
          {t("graph.count.entities", { count: graph.nodes.length })}
          {graph.total > graph.nodes.length &&
            ` ${t("graph.truncated", { total: number.format(graph.total) })}`}
        </p>
        {shape === "picture" && (
          <Segmented
            label={t("graph.colour.label")}
            value={colourBy}
            options={(["kind", "community"] as const).map((value) => ({
              value,
              text: t(`graph.colour.${value}`),
            }))}
            onChange={setColourBy}
          />
        )}
      </div>
      <div className={clsx("flex min-h-0 flex-1 gap-4 max-lg:flex-col", beside && "max-lg:pb-[50dvh]")}>
        <div className="flex min-w-0 flex-1 flex-col">
          {shape === "picture" ? (
            <>
              <div className="min-h-0 flex-1 max-lg:h-[55dvh] max-lg:flex-none">
                <Picture
                  graph={graph}
                  colourBy={colourBy}
                  selected={selected}
                  highlighted={highlighted ?? null}
                  onSelect={select}
                />
              </div>
              <div className="mt-2.5">
                <Legend entries={legend} />
              </div>
            </>
          ) : (
            <EntityList nodes={graph.nodes} selected={selected} onSelect={select} />
          )}
        </div>
        {beside && (
          <Beside stays={shape === "list"}>
            {selected !== null ? (
              <EntityPanel
                id={selected}
                nodes={graph.nodes}
                pathTo={pathTo}
                onPathTo={(to) => setPath(to === null ? null : { from: selected, to })}
                onSelect={select}
                onClose={() => select(null)}
              />
            ) : (
              <Answers question={question} onSelect={select} onClose={() => setQuestion("")} />
            )}
          </Beside>
        )}
      </div>
    </>
  );
}

/** What stands beside the graph; on a narrow window it lies over its foot. */
function Beside({ stays, children }: { stays: boolean; children: ReactNode }) {
  return (
    <aside
      className={clsx(
        "animate-fade overflow-y-auto border-line bg-raised p-4 max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:z-20 max-lg:max-h-[55dvh] max-lg:rounded-t-2xl max-lg:border-t max-lg:shadow-2xl lg:w-88 lg:shrink-0 lg:rounded-2xl lg:border",
        stays && "lg:sticky lg:top-4 lg:max-h-[calc(100dvh-6rem)] lg:self-start",
      )}
    >
      {children}
    </aside>
  );
}
