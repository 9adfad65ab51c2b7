import type { Backend, Upload } from "./backend";
import type {
  AssistantState,
  Attachment,
  Conversation,
  Devices,
  Health,
  KeyName,
  Keys,
  Machine,
  MessagePage,
  ModelEntry,
  Settings,
  SettingValue,
  TurnAccepted,
  Verified,
} from "./types";

export type Api = ReturnType<typeof apiOver>;
export type ExportFormat = "markdown" | "json";
export type TrialKind = "level" | "wake";

/** What is asked: words, attachments by their ids, or both. */
export interface Asked {
  content: string;
  attachments: string[];
}

/** Every request of the contract, by name. */
export function apiOver(backend: Backend) {
  const request: Backend["request"] = (...args) => backend.request(...args);
  const of = (id: string) => `/conversations/${encodeURIComponent(id)}`;
  const model = (id: string) => `/models/${encodeURIComponent(id)}`;
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
