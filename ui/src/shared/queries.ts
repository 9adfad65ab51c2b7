import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { RequestFailed, type AuditFilter, type Sought, type Source } from "@/backend";

import { useLive } from "./live/store";
import { showFailure } from "./failure";

/** The names under which answers are kept. */
export const keys = {
  state: ["state"] as const,
  conversations: ["conversations"] as const,
  conversationList: (search: string) => ["conversations", search] as const,
  allMessages: ["messages"] as const,
  messages: (id: string) => ["messages", id] as const,
  settings: ["settings"] as const,
  wakeWords: ["wake-words"] as const,
  teaching: ["teaching"] as const,
  models: ["models"] as const,
  chatModels: ["chat-models"] as const,
  health: ["health"] as const,
  devices: ["devices"] as const,
  machine: ["machine"] as const,
  apiKeys: ["keys"] as const,
  memory: ["memory"] as const,
  allFacts: ["memory", "facts"] as const,
  facts: (past: boolean) => ["memory", "facts", past] as const,
  allFound: ["memory", "search"] as const,
  found: (sought: Sought) => ["memory", "search", sought] as const,
  sources: (sources: Source[]) => ["memory", "sources", sources] as const,
  memoryStats: ["memory", "stats"] as const,
  intake: ({ name, size, lastModified }: File) => ["memory", "intake", name, size, lastModified] as const,
  graph: ["memory", "graph"] as const,
  wholeGraph: ["memory", "graph", "all"] as const,
  entity: (id: string) => ["memory", "graph", "entity", id] as const,
  path: (from: string, to: string) => ["memory", "graph", "path", from, to] as const,
  graphAnswers: (question: string) => ["memory", "graph", "ask", question] as const,
  documents: ["documents"] as const,
  document: (id: string) => ["documents", id] as const,
  attachment: (id: string) => ["attachment", id] as const,
  approvals: ["approvals"] as const,
  tools: ["tools"] as const,
  grants: ["grants"] as const,
  rules: ["rules"] as const,
  allAudit: ["audit"] as const,
  audit: (filter: AuditFilter) => ["audit", "records", filter] as const,
  screen: (taken: string) => ["screen", taken] as const,
};

function lockIfRefused(error: Error): boolean {
  const refused = error instanceof RequestFailed && error.status === 401;
  if (refused) useLive.setState({ locked: true });
  return refused;
}

function worthAnotherTry(count: number, error: Error): boolean {
  if (!(error instanceof RequestFailed)) return false;
  return count < 2 && (error.status === 0 || error.status === 503);
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => void lockIfRefused(error) }),
  mutationCache: new MutationCache({
    onError: (error) => {
      if (!lockIfRefused(error)) showFailure(error);
    },
  }),
  defaultOptions: {
    // A server on this very machine can be reached without any network.
    queries: { networkMode: "always", staleTime: 15_000, retry: worthAnotherTry },
    mutations: { networkMode: "always" },
  },
});
