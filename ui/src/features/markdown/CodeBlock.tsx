import { Check, Copy } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { copyText } from "@/shared/lib/copy";

type Highlight = typeof import("./highlight").highlight;

let loaded: Highlight | null = null;

/** The highlighter, which is fetched when the first block of code appears. */
function useHighlight(): Highlight | null {
  const [highlight, setHighlight] = useState(() => loaded);
  useEffect(() => {
    if (loaded) return;
    let here = true;
    void import("./highlight").then((module) => {
      loaded = module.highlight;
      if (here) setHighlight(() => module.highlight);
    });
    return () => {
      here = false;
    };
  }, []);
  return highlight;
}

export function CodeBlock({ code, language }: { code: string; language: string }) {
  const { t } = useTranslation();
  const highlight = useHighlight();
  const [copied, setCopied] = useState(false);
  const coloured = useMemo(() => highlight?.(code, language) ?? code, [highlight, code, language]);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);

  return (
    <div className="code my-4 overflow-hidden rounded-xl border border-line bg-code">
      <div className="flex h-9 items-center justify-between border-b border-line pr-1 pl-4 text-xs text-soft">
        <span>{language || t("markdown.code")}</span>
        <button
          type="button"
          onClick={() => void copyText(code).then(setCopied)}
          className="flex h-7 items-center gap-1.5 rounded-md px-2 hover:bg-hover hover:text-text"
        >
          {copied ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
          <span aria-live="polite">{copied ? t("common.copied") : t("common.copy")}</span>
        </button>
      </div>
      {/* Long lines scroll sideways, which the keyboard must reach too. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} className="overflow-x-auto p-4 font-mono text-[13px] leading-relaxed">
        <code>{coloured}</code>
      </pre>
    </div>
  );
}
