import { ScanSearch } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { IconButton } from "@/shared/ui/Button";

/** Leads to where one asks about the screen. */
export function ScreenButton() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <IconButton label={t("screen.title")} round onClick={() => void navigate("/screen")}>
      <ScanSearch size={17} />
    </IconButton>
  );
}
