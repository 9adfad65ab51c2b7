import { Search, Trash2 } from "lucide-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Forgotten } from "@/backend";
import { BusyButton } from "@/shared/ui/BusyButton";
import { Button } from "@/shared/ui/Button";
import { Dialog } from "@/shared/ui/Dialog";
import { fieldLook } from "@/shared/ui/fields";

import { forgottenAmount } from "./amount";
import { useMemoryActions } from "./useMemory";

/** Of each kind so many are shown before they are forgotten. */
const SHOWN = 100;

/** Forgets everything about something: it is shown first what would go. */
export function ForgetDialog({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const { t } = useTranslation();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("memory.forgetAll.title")}>
      <Steps onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Steps({ onDone }: { onDone: () => void }) {
  const { t, i18n } = useTranslation();
  const [words, setWords] = useState("");
  const look = useMutation({ mutationFn: api.wouldForget });
  const { forget } = useMemoryActions();
  if (forget.data) {
    return (
      <>
        <p role="status">
          {t("memory.forgotten", { amount: forgottenAmount(forget.data, t, i18n.language) })}
        </p>
        <div className="mt-6 flex justify-end">
          <Button look="solid" onClick={onDone}>
            {t("common.close")}
          </Button>
        </div>
      </>
    );
  }
  // What was looked for is what is forgotten, whatever stands in the field by then.
  const asked = look.data && look.variables;
  return (
    <>
      <p className="text-sm text-soft">{t("memory.forgetAll.note")}</p>
      <form
        className="mt-4 flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          look.mutate(words.trim());
        }}
      >
        <input
          // Without it the button to close would have the focus.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          aria-label={t("memory.forgetAll.words")}
          placeholder={t("memory.forgetAll.placeholder")}
          autoComplete="off"
          maxLength={1_000}
          className={`${fieldLook} min-w-0 flex-1`}
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
            look.reset();
          }}
        />
        <BusyButton
          icon={Search}
          type="submit"
          busy={look.isPending}
          disabled={look.isPending || !/[\p{L}\p{N}]/u.test(words)}
        >
          {t("memory.forgetAll.look")}
        </BusyButton>
      </form>
      {look.data && asked && (
        <Preview
          gone={look.data}
          busy={forget.isPending}
          onCancel={onDone}
          onForget={() => forget.mutate(asked)}
        />
      )}
    </>
  );
}

interface PreviewProps {
  gone: Forgotten;
  busy: boolean;
  onCancel: () => void;
  onForget: () => void;
}

function Preview({ gone, busy, onCancel, onForget }: PreviewProps) {
  const { t } = useTranslation();
  const { facts, messages, passages } = gone;
  if (facts.length + messages.length + passages.length === 0) {
    return (
      <p role="status" className="mt-5 text-sm">
        {t("memory.forgetAll.nothing")}
      </p>
    );
  }
  const said = (role: string) => (role === "user" ? t("messages.you") : t("messages.jarvis"));
  const page = (name: string, at: number | null | undefined) =>
    at == null ? name : t("memory.cited.page", { name, page: at });
  return (
    <>
      <div className="mt-5 space-y-4">
        <Group what="facts" items={facts.map(({ id, text }) => ({ key: id, text }))} />
        <Group
          what="messages"
          items={messages.map(({ id, role, content }) => ({ key: id, by: said(role), text: content }))}
        />
        <Group
          what="passages"
          items={passages.map(({ document, place, name, page: at, text }) => ({
            key: `${document}:${place}`,
            by: page(name, at),
            text,
          }))}
        />
      </div>
      <div className="sticky -bottom-6 -mx-6 mt-5 -mb-6 flex justify-end gap-2 border-t border-line bg-raised px-6 py-4">
        <Button onClick={onCancel}>{t("common.cancel")}</Button>
        <BusyButton icon={Trash2} look="danger" busy={busy} onClick={onForget}>
          {t("memory.forgetAll.confirm")}
        </BusyButton>
      </div>
    </>
  );
}

interface GroupProps {
  what: "facts" | "messages" | "passages";
  items: { key: string; by?: string; text: string }[];
}

function Group({ what, items }: GroupProps) {
  const { t } = useTranslation();
  if (items.length === 0) return null;
  const title = t(`memory.count.${what}`, { count: items.length });
  return (
    <section aria-label={title}>
      <h3 className="text-sm font-medium">{title}</h3>
      <ul className="mt-1.5 divide-y divide-line rounded-xl border border-line bg-page text-[13px]">
        {items.slice(0, SHOWN).map(({ key, by, text }) => (
          <li key={key} className="px-3 py-2">
            {by && <span className="block truncate text-xs text-soft">{by}</span>}
            <span className="line-clamp-2 wrap-anywhere">{text}</span>
          </li>
        ))}
        {items.length > SHOWN && (
          <li className="px-3 py-2 text-soft">
            {t("memory.forgetAll.more", { count: items.length - SHOWN })}
          </li>
        )}
      </ul>
    </section>
  );
}
