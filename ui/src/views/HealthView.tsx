import { useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";

import { api } from "@/backend";
import { CheckList } from "@/features/health/CheckList";
import { DeviceList } from "@/features/health/DeviceList";
import { LatencyChart } from "@/features/health/LatencyChart";
import { keys } from "@/shared/queries";
import { Answered } from "@/shared/ui/Answered";
import { Button } from "@/shared/ui/Button";
import { Page, Section } from "@/shared/ui/Page";

export function Component() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: keys.health, queryFn: api.health });
  const again = (
    <Button disabled={query.isFetching} onClick={() => void query.refetch()}>
      <RefreshCw size={15} aria-hidden className={query.isFetching ? "animate-spin" : ""} />
      {query.isFetching ? t("health.checking") : t("health.again")}
    </Button>
  );
  return (
    <Page title={t("health.title")} aside={again}>
      <Answered query={query} lines={9}>
        {({ checks, turns }) => (
          <>
            <Section title={t("health.checks")}>
              <CheckList checks={checks} />
            </Section>
            <Section title={t("health.latency")} note={t("health.latencyNote")}>
              <LatencyChart turns={turns} />
            </Section>
          </>
        )}
      </Answered>
      <DeviceList />
    </Page>
  );
}
