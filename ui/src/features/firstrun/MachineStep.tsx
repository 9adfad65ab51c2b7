import { useQuery } from "@tanstack/react-query";
import { Cpu, HardDrive, MemoryStick, Mic, Microchip, Volume2, type LucideIcon } from "lucide-react";
import clsx from "clsx";
import { useTranslation } from "react-i18next";

import { api } from "@/backend";
import { formatBytes } from "@/shared/lib/format";
import { keys } from "@/shared/queries";
import { Answered } from "@/shared/ui/Answered";

/** What this machine is made of, as far as Jarvis cares. */
export function MachineStep() {
  const { t, i18n } = useTranslation();
  const query = useQuery({ queryKey: keys.machine, queryFn: api.machine });
  const size = (bytes: number) => formatBytes(bytes, i18n.language);
  return (
    <Answered query={query} lines={6}>
      {(machine) => (
        <dl className="grid gap-3 sm:grid-cols-2">
          <Fact
            icon={Cpu}
            name={t("firstRun.cores")}
            value={t("firstRun.coreCount", { count: machine.cores })}
          />
          <Fact icon={MemoryStick} name={t("firstRun.memory")} value={size(machine.memory_bytes)} />
          <Fact icon={Microchip} name={t("firstRun.gpu")} value={machine.gpu ?? t("firstRun.noGpu")} />
          <Fact icon={HardDrive} name={t("firstRun.disk")} value={size(machine.disk_free_bytes)} />
          <Fact
            icon={Mic}
            name={t("firstRun.microphone")}
            value={t(machine.microphones ? "firstRun.found" : "firstRun.missing")}
            wanting={!machine.microphones}
          />
          <Fact
            icon={Volume2}
            name={t("firstRun.speaker")}
            value={t(machine.speakers ? "firstRun.found" : "firstRun.missing")}
            wanting={!machine.speakers}
          />
        </dl>
      )}
    </Answered>
  );
}

interface FactProps {
  icon: LucideIcon;
  name: string;
  value: string;
  wanting?: boolean;
}

function Fact({ icon: Icon, name, value, wanting = false }: FactProps) {
  return (
    <div className="rounded-2xl border border-line bg-raised px-4 py-3">
      <dt className="flex items-center gap-2 text-xs text-soft">
        <Icon size={15} aria-hidden className={clsx("shrink-0", wanting ? "text-warn" : "text-accent")} />
        {name}
      </dt>
      <dd className={clsx("mt-1 text-sm font-medium wrap-anywhere", wanting && "text-warn")}>{value}</dd>
    </div>
  );
}
