import type { ReactNode } from "react";

interface CardProps {
  /** What it is about, for whoever hears the window instead of seeing it. */
  title: string;
  children: ReactNode;
}

export function Card({ title, children }: CardProps) {
  return (
    <section aria-label={title} className="rounded-2xl border border-line bg-raised">
      <h2 className="sr-only">{title}</h2>
      <div className="divide-y divide-line">{children}</div>
    </section>
  );
}
