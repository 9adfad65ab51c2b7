import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { api } from "@/backend";
import { keys } from "@/shared/queries";

/** The bytes of an attachment. They never change, and are kept for a while after they were last seen. */
export function useAttachment(id: string, wanted = true) {
  return useQuery({
    queryKey: keys.attachment(id),
    queryFn: () => api.attachment(id),
    enabled: wanted,
    staleTime: Infinity,
    gcTime: 60_000,
  });
}

/** An address for bytes, as long as the component lives that shows them. */
export function useObjectUrl(blob: Blob | null | undefined): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
      setUrl(null);
    };
  }, [blob]);
  return url;
}
