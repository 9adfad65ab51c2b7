import clsx from "clsx";
import { Braces, Ellipsis, FileText, Pencil, Pin, PinOff, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";

import type { Conversation } from "@/backend";
import { IconButton } from "@/shared/ui/Button";
import { fieldLook } from "@/shared/ui/fields";
import { Menu, MenuItem, MenuLine } from "@/shared/ui/Menu";

import { useConversationActions } from "./useConversations";

interface ConversationRowProps {
  conversation: Conversation;
  onOpen: () => void;
  onRemoved: (id: string) => void;
}

export function ConversationRow({ conversation, onOpen, onRemoved }: ConversationRowProps) {
  const { t } = useTranslation();
  const { change, remove, save } = useConversationActions();
  const [renaming, setRenaming] = useState(false);
  const asked = useRef(false);
  const { id, pinned } = conversation;
  const title = conversation.title || t("conversations.untitled");

  if (renaming) {
    return (
      <Rename
        title={conversation.title}
        onDone={(next) => {
          setRenaming(false);
          if (next && next !== conversation.title) change.mutate({ id, title: next });
        }}
      />
    );
  }
  return (
    <div className="group relative">
      <NavLink
        to={`/c/${id}`}
        onClick={onOpen}
        title={title}
        className={({ isActive }) =>
          clsx(
            "flex h-9 items-center gap-2 rounded-lg pr-9 pl-3 text-sm transition",
            isActive ? "bg-hover font-medium" : "hover:bg-hover/70",
          )
        }
      >
        <span className="truncate">{title}</span>
      </NavLink>
      <div className="absolute top-1 right-1 opacity-0 transition group-focus-within:opacity-100 group-hover:opacity-100 has-data-[state=open]:opacity-100 max-sm:opacity-100">
        <Menu
          trigger={
            <IconButton label={t("conversations.more", { title })} small>
              <Ellipsis size={16} />
            </IconButton>
          }
          onCloseAutoFocus={(event) => {
            if (!asked.current) return;
            // The field to rename has the focus, not the button that is gone.
            event.preventDefault();
            asked.current = false;
            setRenaming(true);
          }}
        >
          <MenuItem
            icon={pinned ? PinOff : Pin}
            label={pinned ? t("conversations.unpin") : t("conversations.pin")}
            onSelect={() => change.mutate({ id, pinned: !pinned })}
          />
          <MenuItem icon={Pencil} label={t("conversations.rename")} onSelect={() => (asked.current = true)} />
          <MenuItem
            icon={FileText}
            label={t("conversations.exportMarkdown")}
            onSelect={() => save.mutate({ id, format: "markdown" })}
          />
          <MenuItem
            icon={Braces}
            label={t("conversations.exportJson")}
            onSelect={() => save.mutate({ id, format: "json" })}
          />
          <MenuLine />
          <MenuItem
            icon={Trash2}
            label={t("conversations.delete")}
            danger
            onSelect={() => {
              onRemoved(id);
              remove.mutate(conversation);
            }}
          />
        </Menu>
      </div>
    </div>
  );
}

function Rename({ title, onDone }: { title: string; onDone: (title: string | null) => void }) {
  const { t } = useTranslation();
  const [next, setNext] = useState(title);
  return (
    <input
      // The person has just asked to write here.
      // eslint-disable-next-line jsx-a11y/no-autofocus
      autoFocus
      aria-label={t("conversations.rename")}
      className={`${fieldLook} w-full`}
      value={next}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setNext(event.target.value)}
      onBlur={() => onDone(next.trim())}
      onKeyDown={(event) => {
        if (event.key === "Enter") onDone(next.trim());
        if (event.key === "Escape") {
          event.preventDefault();
          onDone(null);
        }
      }}
    />
  );
}
