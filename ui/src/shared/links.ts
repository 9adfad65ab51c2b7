import { shell } from "@/backend";

/** In the desktop's window, links that lead out of it open in the system's browser. A browser does so by itself. */
export function openLinksOutside(): void {
  if (!shell.desktop) return;
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.defaultPrevented) return;
    const link = event.target.closest<HTMLAnchorElement>('a[target="_blank"]');
    if (!link || !/^https?:$/.test(link.protocol)) return;
    event.preventDefault();
    shell.openExternal(link.href);
  });
}
