import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, AUDIT_PAGE, shell, type AuditFilter, type AuditFormat, type AuditRecord } from "@/backend";
import { keys } from "@/shared/queries";

/** Where the next older page begins; none where a page was not full. */
export function olderThan(page: AuditRecord[]): number | null {
  return page.length < AUDIT_PAGE ? null : (page.at(-1)?.seq ?? null);
}

/** The records, newest first. Older ones come page by page. */
export function useAudit(filter: AuditFilter) {
  const query = useInfiniteQuery({
    queryKey: keys.audit(filter),
    queryFn: ({ pageParam }) => api.audit(filter, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: olderThan,
    placeholderData: (before) => before,
  });
  const records = useMemo(() => query.data?.pages.flat(), [query.data]);
  return { query, records };
}

export function useVerify() {
  return useMutation({ mutationFn: api.verifyAudit });
}

export function useExportAudit() {
  return useMutation({
    mutationFn: async (format: AuditFormat) => shell.saveFile(await api.exportAudit(format)),
  });
}
