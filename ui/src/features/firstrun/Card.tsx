import type { ReactNode } from "react";

export function Card({ children }: { children: ReactNode }) {
  return <div className="divide-y divide-line rounded-2xl border border-line bg-raised">{children}</div>;
}
