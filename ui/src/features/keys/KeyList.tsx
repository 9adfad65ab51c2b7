import { useMutation, useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type KeyEntry, type KeyName } from "@/backend";
import { keys, queryClient } from "@/shared/queries";
import { Answered, FailureNote } from "@/shared/ui/Answered";
import { Button } from "@/shared/ui/Button";
import { Confirm } from "@/shared/ui/Dialog";
import { fieldLook } from "@/shared/ui/fields";
import { Section } from "@/shared/ui/Page";

function readAgain() {
  void queryClient.invalidateQueries({ queryKey: keys.chatModels });
  return queryClient.invalidateQueries({ queryKey: keys.apiKeys });
}

/** The keys of services that are used, where each comes from; what they are is never shown. */
export function KeyList() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: keys.apiKeys, queryFn: api.keys });
  return (
    <Section title={t("keys.title")} note={t("keys.note")}>
      <Answered query={query} lines={4}>
        {({ keyring, keys: entries }) => (
          <>
            {keyring && (
              <div className="p-3">
                <FailureNote failure={keyring} />
              </div>
            )}
            {entries.map((entry) => (
              <KeyRow key={entry.name} entry={entry} usable={!keyring} />
            ))}
          </>
        )}
      </Answered>
    </Section>
  );
}

function KeyRow({ entry, usable }: { entry: KeyEntry; usable: boolean }) {
  const { t } = useTranslation();
  const service = t(`keys.service.${entry.name}`);
  const remove = useMutation({ mutationFn: api.removeKey, onSettled: readAgain });
  return (
    <div className="flex gap-x-6 gap-y-3 px-4 py-3.5 max-sm:flex-col sm:items-center">
      <div className="min-w-0 flex-1">
        <h3 className="text-sm font-medium">{service}</h3>
        <p className="mt-0.5 flex items-center gap-1.5 text-[13px] text-soft">
          {entry.from && <KeyRound size={13} aria-hidden className="shrink-0 text-good" />}
          {t(`keys.from.${entry.from ?? "none"}`)}
        </p>
      </div>
      {entry.from === "keyring" ? (
        <Confirm
          title={t("keys.removeTitle", { service })}
          text={t("keys.removeText")}
          action={t("keys.remove")}
          onConfirm={() => remove.mutate(entry.name)}
        >
          <Button className="max-sm:self-start" aria-label={t("keys.removeNamed", { service })}>
            {t("keys.remove")}
          </Button>
        </Confirm>
      ) : (
        // What the environment gives goes before the keyring.
        entry.from !== "environment" && <KeyField name={entry.name} service={service} usable={usable} />
      )}
    </div>
  );
}

function KeyField({ name, service, usable }: { name: KeyName; service: string; usable: boolean }) {
  const { t } = useTranslation();
  const [key, setKey] = useState("");
  const set = useMutation({
    mutationFn: () => api.setKey(name, key.trim()),
    onSuccess: () => setKey(""),
    onSettled: readAgain,
  });
  return (
    <form
      className="flex gap-2 sm:w-72"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate();
      }}
    >
      <input
        type="password"
        aria-label={t("keys.field", { service })}
        placeholder={t("keys.placeholder")}
        autoComplete="off"
        spellCheck={false}
        disabled={!usable}
        value={key}
        onChange={(event) => setKey(event.target.value)}
        className={`${fieldLook} min-w-0 flex-1 disabled:opacity-50`}
      />
      <Button
        type="submit"
        aria-label={t("keys.setNamed", { service })}
        disabled={!usable || key.trim() === "" || set.isPending}
      >
        {t("keys.set")}
      </Button>
    </form>
  );
}
