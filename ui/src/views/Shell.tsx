import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useNavigate } from "react-router";
import { Toaster } from "sonner";

import { shell } from "@/backend";
import { Approvals } from "@/features/approvals/Approvals";
import { useNamedWakePhrase } from "@/features/wake/useWakeWords";
import { useLive } from "@/shared/live/store";
import { useTheme } from "@/shared/theme";

import { TokenView } from "./TokenView";

/** What every page needs: the token, what waits for the person's word, notices, and an ear for the tray and the hotkeys. */
export function Shell() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const locked = useLive((live) => live.locked);
  const theme = useTheme((state) => state.shown);
  useNamedWakePhrase(!locked);
  useEffect(
    () =>
      shell.onWish({
        navigate: (path) => void navigate(path),
        newChat: () => void navigate("/"),
      }),
    [navigate],
  );
  return (
    <>
      {locked ? <TokenView /> : <Outlet />}
      {!locked && <Approvals />}
      <Toaster theme={theme} position="top-center" containerAriaLabel={t("nav.notices")} closeButton />
    </>
  );
}
