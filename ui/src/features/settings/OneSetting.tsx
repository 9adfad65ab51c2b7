import { SettingRow } from "./SettingRow";
import { useSettings } from "./useSettings";

/** A setting away from the page that shows all; nothing where the server has no such setting. */
export function OneSetting({ name }: { name: string }) {
  const setting = useSettings().data?.settings.find(({ key }) => key === name);
  return setting ? <SettingRow setting={setting} /> : null;
}
