import type { Backend, Upload } from "./backend";
import type {
  AssistantState,
  Attachment,
  AuditRecord,
  AuditVerdict,
  Called,
  Consent,
  Conversation,
  Devices,
  DocumentContents,
  Explained,
  Fact,
  FactChange,
  Forgotten,
  Grant,
  Health,
  KeyName,
  Keys,
  Machine,
  MemoryStats,
  MessagePage,
  ModelEntry,
  Provenance,
  Question,
  Recalled,
  Recorded,
  Rules,
  Settings,
  SettingValue,
  Source,
  StoredDocument,
  Teaching,
  ToolEntry,
  TurnAccepted,
  Verified,
  WakeWord,
  Entity,
  EntityContents,
  EntityKind,
  GraphContents,
  Imported,
  Relation,
} from "./types";

export type Api = ReturnType<typeof apiOver>;
export type ExportFormat = "markdown" | "json";
export type ArchiveFormat = "json" | "markdown";
export type GraphFormat = "graphml" | "json";
export type AuditFormat = "jsonl" | "cef";
export type TrialKind = "level" | "wake";

/** What is asked: words, attachments by their ids, or both. */
export interface Asked {
  content: string;
  attachments: string[];
}

/** What is looked for in the memory. */
export interface Sought {
  q: string;
  /** All of it where none is given. */
  kind: Provenance["kind"] | null;
  past: boolean;
}

/** Which records of the audit log are wanted. */
export interface AuditFilter {
  tool: string;
  text: string;
  unfinished: boolean;
}

/** So many records of the audit log are read at once. */
export const AUDIT_PAGE = 50;

/** So much of the graph is read at most. */
const ENTITIES = 5_000;

/** Every request of the contract, by name. */
export function apiOver(backend: Backend) {
  const request: Backend["request"] = (...args) => backend.request(...args);
  const of = (id: string) => `/conversations/${encodeURIComponent(id)}`;
  const model = (id: string) => `/models/${encodeURIComponent(id)}`;
  const fact = (id: string) => `/memory/facts/${encodeURIComponent(id)}`;
  const entity = (id: string) => `/graph/entities/${encodeURIComponent(id)}`;
  const tool = (name: string) => `/tools/${encodeURIComponent(name)}`;
  const wakeWord = (id: string) => `/wake/words/${encodeURIComponent(id)}`;
  const document = (id: string) => `/documents/${encodeURIComponent(id)}`;
  return {
    subscribe: backend.subscribe.bind(backend),

    conversations: (search: string) =>
      request<{ conversations: Conversation[] }>(
        "GET",
        search ? `/conversations?search=${encodeURIComponent(search)}` : "/conversations",
      ).then((answer) => answer.conversations),
    createConversation: () => request<Conversation>("POST", "/conversations", {}),
    changeConversation: (id: string, change: { title?: string; pinned?: boolean }) =>
      request<Conversation>("PATCH", of(id), change),
    deleteConversation: (id: string) => request<undefined>("DELETE", of(id)),
    restoreConversation: (id: string) => request<Conversation>("POST", `${of(id)}/restore`),
    exportConversation: (id: string, format: ExportFormat) =>
      backend.file(`${of(id)}/export?format=${format}`),

    messages: (id: string, before: number | null) =>
      request<MessagePage>(
        "GET",
        `${of(id)}/messages?limit=100${before === null ? "" : `&before=${before}`}`,
      ),
    send: (id: string, asked: Asked) => request<TurnAccepted>("POST", `${of(id)}/messages`, asked),
    edit: (id: string, message: string, asked: Asked) =>
      request<TurnAccepted>("POST", `${of(id)}/messages/${encodeURIComponent(message)}/edit`, asked),
    regenerate: (id: string) => request<TurnAccepted>("POST", `${of(id)}/regenerate`),
    cancelTurn: (turn: string) => request<undefined>("POST", `/turns/${encodeURIComponent(turn)}/cancel`),

    attach: (name: string, upload: Upload) =>
      backend.upload<Attachment>(`/attachments?name=${encodeURIComponent(name)}`, upload),
    attachment: (id: string) =>
      backend.file(`/attachments/${encodeURIComponent(id)}`).then(({ blob }) => blob),

    facts: (past: boolean) =>
      request<{ facts: Fact[] }>("GET", `/memory/facts?past=${past}`).then((answer) => answer.facts),
    remember: (text: string) => request<Fact>("POST", "/memory/facts", { text }),
    changeFact: (id: string, change: FactChange) => request<Fact>("PATCH", fact(id), change),
    forgetFact: (id: string) => request<Forgotten>("DELETE", fact(id)),
    searchMemory: ({ q, kind, past }: Sought) =>
      request<{ results: Recalled[] }>(
        "GET",
        `/memory/search?q=${encodeURIComponent(q)}&limit=50&past=${past}${kind ? `&kind=${kind}` : ""}`,
      ).then((answer) => answer.results),
    /** What sources say; those that were forgotten are left out. */
    sources: (sources: Source[]) =>
      request<{ results: Recalled[] }>("POST", "/memory/sources", { sources }).then(
        (answer) => answer.results,
      ),
    wouldForget: (words: string) => request<Forgotten>("POST", "/memory/forget", { words, dry_run: true }),
    forget: (words: string) => request<Forgotten>("POST", "/memory/forget", { words, dry_run: false }),
    memoryStats: () => request<MemoryStats>("GET", "/memory/stats"),
    reindexMemory: () => request<undefined>("POST", "/memory/reindex"),

    exportMemory: (format: ArchiveFormat) => backend.file(`/memory/export?format=${format}`),
    /** Takes in what was exported as JSON, or only says what would come of it. */
    importMemory: (file: Blob, dryRun: boolean) =>
      backend.upload<Imported>(`/memory/import?dry_run=${dryRun}`, {
        file,
        progress: () => undefined,
        signal: new AbortController().signal,
      }),

    graph: () => request<GraphContents>("GET", `/graph?limit=${ENTITIES}`),
    entity: (id: string) => request<EntityContents>("GET", entity(id)),
    changeEntity: (id: string, change: { name?: string; kind?: EntityKind }) =>
      request<Entity>("PATCH", entity(id), change),
    mergeEntities: (keep: string, merge: string) => request<Entity>("POST", "/graph/merge", { keep, merge }),
    /** By which relations two entities are connected; none where they are not. */
    path: (from: string, to: string) =>
      request<{ relations: Relation[] }>(
        "GET",
        `/graph/path?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`,
      ).then((answer) => answer.relations),
    askGraph: (question: string) =>
      request<{ answers: Relation[] }>("GET", `/graph/ask?q=${encodeURIComponent(question)}`).then(
        (answer) => answer.answers,
      ),
    exportGraph: (format: GraphFormat) => backend.file(`/graph/export?format=${format}`),

    documents: () =>
      request<{ documents: StoredDocument[] }>("GET", "/documents").then((answer) => answer.documents),
    /** Answers when it has been read. */
    readDocument: (name: string, upload: Upload) =>
      backend.upload<StoredDocument>(`/documents?name=${encodeURIComponent(name)}`, upload),
    document: (id: string) => request<DocumentContents>("GET", document(id)),
    removeDocument: (id: string) => request<undefined>("DELETE", document(id)),

    approvals: () => request<Question[]>("GET", "/approvals"),
    settleApproval: (id: string, consent: Consent) =>
      request<undefined>("POST", `/approvals/${encodeURIComponent(id)}`, { consent }),
    stopEverything: () => request<undefined>("POST", "/stop-everything"),

    tools: () => request<ToolEntry[]>("GET", "/tools"),
    switchTool: (name: string, on: boolean) => request<undefined>("PUT", tool(name), { on }),
    explainCall: (name: string, args: unknown) =>
      request<Explained>("POST", `${tool(name)}/explain`, { arguments: args }),
    /** Goes through the guard: it may have to wait for the person. */
    callTool: (name: string, args: unknown) =>
      request<Called>("POST", `${tool(name)}/call`, { arguments: args }),
    grants: () => request<Grant[]>("GET", "/grants"),
    revokeGrant: (id: string) => request<undefined>("DELETE", `/grants/${encodeURIComponent(id)}`),
    rules: () => request<Rules>("GET", "/rules"),
    saveRules: (text: string) => request<undefined>("PUT", "/rules", { text }),
    /** Those that ship hold again. */
    resetRules: () => request<undefined>("DELETE", "/rules"),

    audit: (filter: AuditFilter, before: number | null) =>
      request<{ records: AuditRecord[] }>("GET", `/audit?${auditQuery(filter, before)}`).then(
        (answer) => answer.records,
      ),
    verifyAudit: () => request<AuditVerdict>("GET", "/audit/verify"),
    exportAudit: (format: AuditFormat) => backend.file(`/audit/export?format=${format}`),

    /** The screen as it is now, as a PNG. */
    screen: () => backend.file("/screen?target=screen").then(({ blob }) => blob),

    state: () => request<AssistantState>("GET", "/state"),
    talk: (pressed: boolean) => request<undefined>("POST", "/voice/talk", { pressed }),
    mute: (muted: boolean) => request<undefined>("POST", "/voice/mute", { muted }),
    stopVoice: () => request<undefined>("POST", "/voice/stop"),

    testTone: (device: string | null) => request<undefined>("POST", "/voice/test-tone", { device }),
    preview: (wanted: { voice?: string; speed?: number }) =>
      request<undefined>("POST", "/voice/preview", wanted),
    beginTrial: (what: TrialKind, device: string | null) =>
      request<undefined>("POST", "/voice/trial", { what, device }),
    endTrial: () => request<undefined>("DELETE", "/voice/trial"),

    wakeWords: () => request<{ words: WakeWord[] }>("GET", "/wake/words").then((answer) => answer.words),
    useWakeWord: (id: string) => request<undefined>("POST", `${wakeWord(id)}/use`),
    removeWakeWord: (id: string) => request<undefined>("DELETE", wakeWord(id)),

    teaching: () =>
      request<{ teaching?: Teaching | null }>("GET", "/wake/teaching").then(
        (answer) => answer.teaching ?? null,
      ),
    beginTeaching: (phrase: string) => request<Teaching>("POST", "/wake/teaching", { phrase }),
    endTeaching: () => request<undefined>("DELETE", "/wake/teaching"),
    /** Answers when it has been recorded. */
    recordWakeWord: () => request<Recorded>("POST", "/wake/teaching/recordings"),
    takeBackRecording: (number: number) => request<Teaching>("DELETE", `/wake/teaching/recordings/${number}`),
    trainWakeWord: () => request<undefined>("POST", "/wake/teaching/training"),
    stopTraining: () => request<undefined>("DELETE", "/wake/teaching/training"),

    settings: () => request<Settings>("GET", "/settings"),
    /** `null` takes the default again. */
    changeSettings: (changes: Record<string, SettingValue | null>) =>
      request<Settings>("PATCH", "/settings", changes),

    models: () => request<{ models: ModelEntry[] }>("GET", "/models").then((answer) => answer.models),
    pullModel: (id: string) => request<undefined>("POST", `${model(id)}/pull`),
    cancelModel: (id: string) => request<undefined>("POST", `${model(id)}/cancel`),
    verifyModel: (id: string) => request<Verified>("POST", `${model(id)}/verify`),
    removeModel: (id: string) => request<undefined>("DELETE", model(id)),
    chatModels: () => request<{ models: string[] }>("GET", "/llm/models").then((answer) => answer.models),

    health: () => request<Health>("GET", "/health"),
    devices: () => request<Devices>("GET", "/devices"),
    machine: () => request<Machine>("GET", "/machine"),

    keys: () => request<Keys>("GET", "/keys"),
    setKey: (name: KeyName, key: string) => request<undefined>("PUT", `/keys/${name}`, { key }),
    removeKey: (name: KeyName) => request<undefined>("DELETE", `/keys/${name}`),
  };
}

function auditQuery({ tool, text, unfinished }: AuditFilter, before: number | null): string {
  const query = new URLSearchParams({ limit: `${AUDIT_PAGE}` });
  if (before !== null) query.set("before", `${before}`);
  if (tool) query.set("tool", tool);
  if (text) query.set("text", text);
  if (unfinished) query.set("unfinished", "true");
  return query.toString();
}
