import { useQuery } from "@tanstack/react-query";
import { Mic, Volume2, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";

import { api, type DeviceInfo } from "@/backend";
import { keys } from "@/shared/queries";
import { Answered } from "@/shared/ui/Answered";
import { Section } from "@/shared/ui/Page";

export function DeviceList() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: keys.devices, queryFn: api.devices });
  return (
    <Section title={t("health.devices")}>
      <Answered query={query} lines={3}>
        {({ inputs, outputs }) => (
          <>
            <Devices
              icon={Mic}
              title={t("health.microphones")}
              none={t("health.noMicrophone")}
              devices={inputs}
            />
            <Devices
              icon={Volume2}
              title={t("health.speakers")}
              none={t("health.noSpeaker")}
              devices={outputs}
            />
          </>
        )}
      </Answered>
    </Section>
  );
}

interface DevicesProps {
  icon: LucideIcon;
  title: string;
  none: string;
  devices: DeviceInfo[];
}

function Devices({ icon: Icon, title, none, devices }: DevicesProps) {
  const { t } = useTranslation();
  return (
    <div className="flex gap-3 px-4 py-3.5 text-sm">
      <Icon size={18} aria-hidden className="mt-px shrink-0 text-soft" />
      <div className="min-w-0">
        <h3 className="font-medium">{title}</h3>
        {devices.length === 0 && <p className="text-soft">{none}</p>}
        <ul className="text-soft">
          {devices.map((device) => (
            <li key={device.name} className="wrap-anywhere">
              {device.name}
              {device.default && ` (${t("health.default")})`}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
