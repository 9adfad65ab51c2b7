import { Square, SquareCheck } from "lucide-react";
import { memo, useEffect, useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

import { CodeBlock } from "./CodeBlock";
import { safeImage, safeLink } from "./links";
import { mayHoldMath, normaliseMath } from "./math";

type MathPlugins = typeof import("./mathPlugin");

const components: Components = {
  a: ({ href, children }) => <Link address={href}>{children}</Link>,
  img: ({ src, alt }) =>
    safeImage(src) ? (
      <img src={src} alt={alt ?? ""} loading="lazy" referrerPolicy="no-referrer" />
    ) : (
      // Who wants to see it opens it.
      <Link address={src}>{alt || src}</Link>
    ),
  // The only fields in Markdown are the boxes of task lists, which cannot be ticked here.
  input: ({ checked }) => <TaskBox done={checked === true} />,
  table: ({ children }) => (
    // Wide tables scroll sideways, which the keyboard must reach too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div tabIndex={0} role="group" className="my-4 overflow-x-auto rounded-xl border border-line">
      <table>{children}</table>
    </div>
  ),
  pre: ({ node }) => {
    const code = node?.children[0];
    if (code?.type !== "element") return null;
    const classes = code.properties.className;
    const name = Array.isArray(classes) ? classes.find((one) => one.startsWith("language-")) : undefined;
    const text = code.children.map((child) => (child.type === "text" ? child.value : "")).join("");
    return <CodeBlock code={text.replace(/\n$/, "")} language={name?.replace("language-", "") ?? ""} />;
  },
};

function Link({ address, children }: { address: string | undefined; children?: ReactNode }) {
  if (!safeLink(address)) return <span>{children}</span>;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

function TaskBox({ done }: { done: boolean }) {
  const { t } = useTranslation();
  const Box = done ? SquareCheck : Square;
  const name = done ? t("markdown.done") : t("markdown.open");
  return (
    <Box size={16} role="img" aria-label={name} className="mr-1.5 inline-block -translate-y-px text-soft" />
  );
}

/** Renders a message. HTML in it is shown as text, never as HTML: there is no rehype-raw here, and there must not be. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  const math = useMath(mayHoldMath(text));
  const shown = useMemo(() => (math ? normaliseMath(text) : text), [math, text]);
  return (
    <div className="prose">
      <ReactMarkdown
        remarkPlugins={math ? [remarkGfm, ...math.remark] : [remarkGfm]}
        rehypePlugins={math?.rehype ?? []}
        // The components above decide what may be opened or shown.
        urlTransform={(address) => address}
        components={components}
      >
        {shown}
      </ReactMarkdown>
    </div>
  );
});

let loaded: MathPlugins | null = null;

/** KaTeX, which is fetched when the first formula appears. */
function useMath(wanted: boolean): MathPlugins | null {
  const [plugins, setPlugins] = useState(() => loaded);
  useEffect(() => {
    if (!wanted || loaded) return;
    let here = true;
    void import("./mathPlugin").then((module) => {
      loaded = module;
      if (here) setPlugins(module);
    });
    return () => {
      here = false;
    };
  }, [wanted]);
  return wanted ? plugins : null;
}
