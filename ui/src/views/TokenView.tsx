import { useTranslation } from "react-i18next";

import { TokenForm } from "@/features/connection/TokenForm";
import { Orb } from "@/features/voice/Orb";

/** Shown instead of everything while the server does not know this window. */
export function TokenView() {
  const { t } = useTranslation();
  return (
    <main className="flex h-full items-center justify-center p-6">
      <div className="w-full max-w-md">
        <Orb state="off" level={0} size={56} />
        <h1 className="mt-5 text-2xl font-semibold tracking-tight">{t("token.title")}</h1>
        <p className="mt-2 text-soft">{t("token.text")}</p>
        <TokenForm />
      </div>
    </main>
  );
}
