import { Braces, Download, Share2 } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "@/shared/ui/Button";
import { Menu, MenuItem } from "@/shared/ui/Menu";

import { useGraphActions } from "./useGraph";

/** Gives the whole graph to the person as a file. */
export function ExportMenu() {
  const { t } = useTranslation();
  const { save } = useGraphActions();
  return (
    <Menu
      trigger={
        <Button>
          <Download size={15} aria-hidden />
          {t("graph.export.open")}
        </Button>
      }
    >
      <MenuItem icon={Share2} label={t("graph.export.graphml")} onSelect={() => save.mutate("graphml")} />
      <MenuItem icon={Braces} label={t("graph.export.json")} onSelect={() => save.mutate("json")} />
    </Menu>
  );
}
