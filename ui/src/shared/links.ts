import { shell } from "@/backend";

/** In the desktop's window, links that lead out of it open in the system's browser, or its mail program. A browser does so by itself. */
export function openLinksOutside(): void {
  const { openExternal } = shell;
  if (!openExternal) return;
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.defaultPrevented) return;
    const link = event.target.closest<HTMLAnchorElement>('a[target="_blank"]');
    if (!link || !/^(https?|mailto):$/.test(link.protocol)) return;
    event.preventDefault();
    openExternal(link.href);
  });
}
