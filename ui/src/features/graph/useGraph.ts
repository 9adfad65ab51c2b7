import { useMutation, useQuery } from "@tanstack/react-query";

import { api, shell, type EntityKind, type GraphFormat, type Relation, type Source } from "@/backend";
import { keys, queryClient } from "@/shared/queries";

export function useGraph() {
  return useQuery({ queryKey: keys.wholeGraph, queryFn: api.graph });
}

export function useEntity(id: string) {
  return useQuery({ queryKey: keys.entity(id), queryFn: () => api.entity(id) });
}

/** How two entities are connected. */
export function usePath(from: string | null, to: string | null) {
  return useQuery({
    queryKey: keys.path(from ?? "", to ?? ""),
    queryFn: () => api.path(from ?? "", to ?? ""),
    enabled: from !== null && to !== null,
  });
}

export function useAnswers(question: string) {
  return useQuery({
    queryKey: keys.graphAnswers(question),
    queryFn: () => api.askGraph(question),
    enabled: question !== "",
  });
}

/** So many sources are asked for at once. */
const AT_ONCE = 100;

/** What relations are known from, each source once. */
export function useSourcesOf(relations: readonly Relation[]) {
  const sources = new Map<string, Source>();
  for (const source of relations.flatMap((relation) => relation.sources)) {
    sources.set(sourceKey(source), source);
  }
  const all = [...sources.values()];
  return useQuery({
    queryKey: keys.sources(all),
    queryFn: async () => {
      const parts = Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, part) =>
        api.sources(all.slice(part * AT_ONCE, (part + 1) * AT_ONCE)),
      );
      return (await Promise.all(parts)).flat();
    },
    enabled: all.length > 0,
  });
}

/** As `keyOf` names what was found from it. */
export function sourceKey(source: Source): string {
  return source.kind === "document" ? `${source.id}:${source.place}` : source.id;
}

function readAgain() {
  return queryClient.invalidateQueries({ queryKey: keys.graph });
}

/** What can be done with the entities of the graph. */
export function useGraphActions() {
  const change = useMutation({
    mutationFn: ({ id, ...change }: { id: string; name?: string; kind?: EntityKind }) =>
      api.changeEntity(id, change),
    onSettled: readAgain,
  });
  const merge = useMutation({
    mutationFn: ({ keep, merge }: { keep: string; merge: string }) => api.mergeEntities(keep, merge),
    onSettled: readAgain,
  });
  const save = useMutation({
    mutationFn: async (format: GraphFormat) => shell.saveFile(await api.exportGraph(format)),
  });
  return { change, merge, save };
}
