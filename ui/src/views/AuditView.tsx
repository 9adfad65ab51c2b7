import clsx from "clsx";
import { Braces, Download, ShieldCheck, Siren } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { AuditList } from "@/features/audit/AuditList";
import { useExportAudit, useVerify } from "@/features/audit/useAudit";
import { Verification } from "@/features/audit/Verification";
import { useTools } from "@/features/tools/useTools";
import { useSettled } from "@/shared/lib/useSettled";
import { BusyButton } from "@/shared/ui/BusyButton";
import { Button } from "@/shared/ui/Button";
import { fieldLook, SearchField, Switch } from "@/shared/ui/fields";
import { Menu, MenuItem } from "@/shared/ui/Menu";
import { Page } from "@/shared/ui/Page";

/** So long nothing is typed before it is looked for. */
const TYPED_MS = 250;

/** What was done, by whom and by which rule; and whether anybody has tampered with that. */
export function Component() {
  const { t } = useTranslation();
  const verify = useVerify();
  const save = useExportAudit();
  const tools = useTools().data ?? [];
  const [tool, setTool] = useState("");
  const [search, setSearch] = useState("");
  const [unfinished, setUnfinished] = useState(false);
  const text = useSettled(search.trim(), TYPED_MS);
  const aside = (
    <div className="flex flex-wrap gap-2">
      <Menu
        trigger={
          <Button>
            <Download size={15} aria-hidden />
            {t("audit.export.open")}
          </Button>
        }
      >
        <MenuItem icon={Braces} label={t("audit.export.jsonl")} onSelect={() => save.mutate("jsonl")} />
        <MenuItem icon={Siren} label={t("audit.export.cef")} onSelect={() => save.mutate("cef")} />
      </Menu>
      <BusyButton icon={ShieldCheck} look="soft" busy={verify.isPending} onClick={() => verify.mutate()}>
        {t("audit.verify.ask")}
      </BusyButton>
    </div>
  );
  return (
    <Page title={t("audit.title")} aside={aside}>
      <p className="-mt-5 mb-6 text-sm text-soft">{t("audit.note")}</p>
      <div role="status">{verify.data && <Verification verdict={verify.data} />}</div>
      <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchField
          className="min-w-48 flex-1"
          placeholder={t("audit.search")}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <select
          aria-label={t("audit.filterTool")}
          value={tool}
          onChange={(event) => setTool(event.target.value)}
          className={clsx(fieldLook, "max-w-full")}
        >
          <option value="">{t("audit.allTools")}</option>
          {tools.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <div className="flex items-center gap-2.5 text-sm text-soft">
          <span aria-hidden>{t("audit.unfinished")}</span>
          <Switch label={t("audit.unfinished")} checked={unfinished} onChange={setUnfinished} />
        </div>
      </div>
      <AuditList filter={{ tool, text, unfinished }} />
    </Page>
  );
}
