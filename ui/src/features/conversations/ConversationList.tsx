import { useDeferredValue, useState, type Ref } from "react";
import { useTranslation } from "react-i18next";

import type { Conversation } from "@/backend";
import { ageOf } from "@/shared/lib/format";
import { Answered } from "@/shared/ui/Answered";
import { SearchField } from "@/shared/ui/fields";

import { ConversationRow } from "./ConversationRow";
import { useConversations } from "./useConversations";

interface ConversationListProps {
  searchRef: Ref<HTMLInputElement>;
  onOpen: () => void;
  onRemoved: (id: string) => void;
}

type Group = "pinned" | ReturnType<typeof ageOf>;

function groupsOf(list: Conversation[]): [Group, Conversation[]][] {
  const now = new Date();
  const groups = new Map<Group, Conversation[]>();
  for (const one of list) {
    const group = one.pinned ? "pinned" : ageOf(one.updated_at, now);
    groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  return [...groups];
}

export function ConversationList({ searchRef, onOpen, onRemoved }: ConversationListProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const query = useConversations(useDeferredValue(search.trim()));
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <SearchField
        ref={searchRef}
        className="mx-3 mb-2"
        placeholder={t("conversations.search")}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || !search) return;
          event.preventDefault();
          setSearch("");
        }}
      />
      <nav aria-label={t("conversations.title")} className="min-h-0 flex-1 overflow-y-auto px-3 pb-3">
        <Answered query={query}>
          {(list) =>
            list.length === 0 ? (
              <p className="px-3 py-6 text-center text-sm text-soft">
                {search ? t("conversations.nothingFound") : t("conversations.none")}
              </p>
            ) : (
              groupsOf(list).map(([group, members]) => (
                <section key={group} aria-label={t(`conversations.group.${group}`)} className="mb-3">
                  <h2 className="px-3 py-1.5 text-xs font-medium text-soft">
                    {t(`conversations.group.${group}`)}
                  </h2>
                  {members.map((one) => (
                    <ConversationRow key={one.id} conversation={one} onOpen={onOpen} onRemoved={onRemoved} />
                  ))}
                </section>
              ))
            )
          }
        </Answered>
      </nav>
    </div>
  );
}
