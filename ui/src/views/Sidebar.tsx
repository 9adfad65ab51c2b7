import clsx from "clsx";
import {
  Activity,
  Boxes,
  Brain,
  Library,
  ScrollText,
  Settings2,
  SquarePen,
  Waypoints,
  Wrench,
  type LucideIcon,
} from "lucide-react";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { NavLink, useLocation, useNavigate } from "react-router";

import { ConversationList } from "@/features/conversations/ConversationList";
import { Button } from "@/shared/ui/Button";

const PAGES: [string, LucideIcon][] = [
  ["memory", Brain],
  ["graph", Waypoints],
  ["documents", Library],
  ["tools", Wrench],
  ["audit", ScrollText],
  ["models", Boxes],
  ["health", Activity],
  ["settings", Settings2],
];

interface SidebarProps {
  searchRef: Ref<HTMLInputElement>;
  /** Something was opened: a drawer may close. */
  onLeave: () => void;
}

export function Sidebar({ searchRef, onLeave }: SidebarProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  return (
    <div className="flex h-full flex-col bg-side">
      <div className="flex items-center gap-2.5 px-5 pt-4 pb-3">
        <img src="./jarvis.svg" alt="" className="size-7" />
        <span className="text-[17px] font-semibold tracking-tight">Jarvis</span>
      </div>
      <Button
        className="mx-3 mb-2 justify-start"
        onClick={() => {
          void navigate("/");
          onLeave();
        }}
      >
        <SquarePen size={16} aria-hidden />
        {t("conversations.new")}
      </Button>
      <ConversationList
        searchRef={searchRef}
        onOpen={onLeave}
        onRemoved={(id) => {
          // At once: what is being deleted is not to be read again.
          if (pathname === `/c/${id}`) void navigate("/", { flushSync: true });
        }}
      />
      <nav aria-label={t("nav.pages")} className="flex flex-col border-t border-line p-3">
        {PAGES.map(([page, Icon]) => (
          <NavLink
            key={page}
            to={`/${page}`}
            onClick={onLeave}
            className={({ isActive }) =>
              clsx(
                "flex h-9 items-center gap-3 rounded-lg px-3 text-sm transition",
                isActive ? "bg-hover font-medium" : "text-soft hover:bg-hover/70 hover:text-text",
              )
            }
          >
            <Icon size={16} aria-hidden />
            {t(`nav.${page}`)}
          </NavLink>
        ))}
      </nav>
    </div>
  );
}
