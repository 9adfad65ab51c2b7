import clsx from "clsx";
import { Ban, CircleHelp, Play, Scale, type LucideIcon } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Decision, Explained, ToolEntry } from "@/backend";
import { RiskMark } from "@/features/guard/RiskMark";
import { Undoable } from "@/features/guard/Undoable";
import { visible } from "@/features/guard/visible";
import { BusyButton } from "@/shared/ui/BusyButton";
import { fieldLook } from "@/shared/ui/fields";
import { Section } from "@/shared/ui/Page";

import { blankArguments } from "./catalogue";
import { useExplain } from "./useTools";

/** What would be decided about a call. Nothing is done. */
export function ExplainForm({ tools }: { tools: ToolEntry[] }) {
  const { t } = useTranslation();
  const explain = useExplain();
  const [name, setName] = useState(tools[0]?.name ?? "");
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  const told = useId();
  const tool = tools.find((one) => one.name === name);
  const args = typed ?? JSON.stringify(blankArguments(tool?.parameters), null, 2);
  const submit = () => {
    const given = parsed(args);
    setWrong(given === undefined);
    if (given !== undefined) explain.mutate({ name, args: given });
  };
  return (
    <Section title={t("toolbox.explain.title")} note={t("toolbox.explain.note")}>
      <form
        className="space-y-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <select
          aria-label={t("toolbox.explain.tool")}
          value={name}
          className={clsx(fieldLook, "w-full")}
          onChange={(event) => {
            setName(event.target.value);
            setTyped(null);
            setWrong(false);
            explain.reset();
          }}
        >
          {tools.map((one) => (
            <option key={one.name}>{one.name}</option>
          ))}
        </select>
        <textarea
          aria-label={t("toolbox.explain.arguments")}
          aria-invalid={wrong}
          aria-describedby={wrong ? told : undefined}
          spellCheck={false}
          rows={5}
          value={args}
          onChange={(event) => setTyped(event.target.value)}
          className="block w-full resize-y rounded-lg border border-line bg-code p-3 font-mono text-[13px] aria-invalid:border-danger"
        />
        {wrong && (
          <p id={told} role="alert" className="text-[13px] text-danger">
            {t("toolbox.explain.noJson")}
          </p>
        )}
        <div className="flex justify-end">
          <BusyButton icon={Scale} type="submit" look="soft" busy={explain.isPending}>
            {t("toolbox.explain.ask")}
          </BusyButton>
        </div>
        <div role="status">{explain.data && <Verdict explained={explain.data} />}</div>
      </form>
    </Section>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.trim() || "{}") as unknown;
  } catch {
    return undefined;
  }
}

const looks: Record<Decision, { Icon: LucideIcon; colour: string }> = {
  run: { Icon: Play, colour: "text-good" },
  ask: { Icon: CircleHelp, colour: "text-warn" },
  deny: { Icon: Ban, colour: "text-danger" },
};

function Verdict({ explained: { decision, risk, rule, effect, words, undoable } }: { explained: Explained }) {
  const { t } = useTranslation();
  const { Icon, colour } = looks[decision];
  return (
    <div className="rounded-xl border border-line p-4 text-sm">
      <p className="flex flex-wrap items-center gap-2 font-medium">
        <Icon size={16} aria-hidden className={colour} />
        {t(`guard.decision.${decision}`)}
        <RiskMark risk={risk} />
        <Undoable undoable={undoable} />
      </p>
      <p dir="auto" className="mt-2 wrap-anywhere whitespace-pre-wrap">
        {visible(words)}
      </p>
      <p className="mt-2 text-[13px] wrap-anywhere text-soft">
        {effect ? t("toolbox.explain.because", { rule, effect }) : t("toolbox.explain.rule", { rule })}
      </p>
    </div>
  );
}
