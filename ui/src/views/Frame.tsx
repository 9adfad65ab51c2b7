import { Menu as MenuIcon } from "lucide-react";
import { Dialog } from "radix-ui";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useNavigate } from "react-router";

import { StopEverything } from "@/features/approvals/StopEverything";
import { Banner } from "@/features/connection/Banner";
import { ShortcutList } from "@/features/shortcuts/ShortcutList";
import { VoiceBar } from "@/features/voice/VoiceBar";
import { useMedia } from "@/shared/lib/useMedia";
import { useShortcuts } from "@/shared/lib/useShortcuts";
import { IconButton } from "@/shared/ui/Button";

import { Sidebar } from "./Sidebar";

/** What stands round most pages: the conversations, the way to the other pages, the voice. */
export function Frame() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const wide = useMedia("(min-width: 768px)");
  const [drawer, setDrawer] = useState(false);
  const [help, setHelp] = useState(false);
  const [searching, setSearching] = useState(0);
  const search = useRef<HTMLInputElement>(null);

  useShortcuts({
    "ctrl+n": () => void navigate("/"),
    "ctrl+k": () => {
      setDrawer(!wide);
      setSearching((times) => times + 1);
    },
    "ctrl+/": () => setHelp(true),
  });
  useEffect(() => {
    if (searching > 0) search.current?.focus();
  }, [searching]);

  const sidebar = <Sidebar searchRef={search} onLeave={() => setDrawer(false)} />;
  return (
    <div className="flex h-full">
      {wide && <aside className="w-68 shrink-0 border-r border-line">{sidebar}</aside>}
      <div className="flex min-w-0 flex-1 flex-col">
        <Banner />
        <header className="flex h-14 shrink-0 items-center justify-end gap-2 px-3 sm:px-4">
          {!wide && (
            <IconButton label={t("nav.open")} className="mr-auto" onClick={() => setDrawer(true)}>
              <MenuIcon size={19} />
            </IconButton>
          )}
          <StopEverything />
          <VoiceBar />
        </header>
        <main className="min-h-0 flex-1">
          <Outlet />
        </main>
      </div>
      <Dialog.Root open={drawer && !wide} onOpenChange={setDrawer}>
        <Dialog.Portal>
          <Dialog.Overlay className="animate-fade fixed inset-0 z-30 bg-black/45" />
          <Dialog.Content
            aria-describedby={undefined}
            className="animate-fade fixed inset-y-0 left-0 z-30 w-[min(20rem,85vw)] border-r border-line shadow-2xl"
          >
            <Dialog.Title className="sr-only">{t("conversations.title")}</Dialog.Title>
            {sidebar}
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
      <ShortcutList open={help} onOpenChange={setHelp} />
    </div>
  );
}
