import { useTranslation } from "react-i18next";

/** What a key is called on the keyboards of the window's language. */
export function useKeyName(): (key: string) => string {
  const { t } = useTranslation();
  return (key) => t(`desktop.key.${key}`, { defaultValue: key });
}
