import { useTranslation } from "react-i18next";
import { useRouteError } from "react-router";

import { failureOf } from "@/shared/failure";
import { FailureNote } from "@/shared/ui/Answered";

/** A page that broke, or whose code could not be fetched. */
export function ErrorView() {
  const { t } = useTranslation();
  const failure = failureOf(useRouteError());
  return (
    <main className="mx-auto max-w-xl p-8">
      <h1 className="mb-4 text-2xl font-semibold tracking-tight">{t("failure.page")}</h1>
      <FailureNote failure={failure} onRetry={() => window.location.reload()} />
    </main>
  );
}
