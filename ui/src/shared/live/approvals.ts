import i18next from "i18next";
import { toast } from "sonner";

import { api, type Consent, type Question } from "@/backend";
import { isGone } from "@/shared/failure";
import { keys, queryClient } from "@/shared/queries";

/** A question that waits for its answer. */
export interface OpenQuestion extends Question {
  /** When its time runs out, by the clock of this machine, in milliseconds. */
  until: number;
}

/** Those that were answered here: how they were settled is known to the person. */
const answeredHere = new Set<string>();

function open(question: Question): OpenQuestion {
  return { ...question, until: Date.now() + question.seconds * 1_000 };
}

/** The open questions, the oldest first. What is left is told in whole seconds: what is known better stays. */
export async function readApprovals(): Promise<OpenQuestion[]> {
  const asked = await api.approvals();
  const known = queryClient.getQueryData<OpenQuestion[]>(keys.approvals);
  return asked.map((question) => known?.find(({ id }) => id === question.id) ?? open(question));
}

function change(next: (questions: OpenQuestion[]) => OpenQuestion[]): void {
  queryClient.setQueryData<OpenQuestion[]>(keys.approvals, (questions) => next(questions ?? []));
}

function readAgain(): void {
  // An answer that is on its way may be from before.
  void queryClient.invalidateQueries({ queryKey: keys.approvals });
}

/** A question was put. */
export function asked(question: Question): void {
  change((questions) => [...questions.filter(({ id }) => id !== question.id), open(question)]);
  readAgain();
}

/** A question was settled: here, or elsewhere, or by itself; `null` where its time ran out or all was stopped. */
export function settled(id: string, consent: Consent | null | undefined): void {
  const here = answeredHere.delete(id);
  const question = queryClient.getQueryData<OpenQuestion[]>(keys.approvals)?.find((one) => one.id === id);
  change((questions) => questions.filter((one) => one.id !== id));
  readAgain();
  if (consent === "always") void queryClient.invalidateQueries({ queryKey: keys.grants });
  if (question && !here) {
    toast.message(i18next.t(`approvals.settled.${consent ?? "none"}`), { description: question.words });
  }
}

/** Ends all that is done, and refuses all that is asked. */
export async function stopEverything(): Promise<void> {
  const open = queryClient.getQueryData<OpenQuestion[]>(keys.approvals) ?? [];
  for (const { id } of open) answeredHere.add(id);
  await api.stopEverything();
}

/** Gives the person's answer. That it was settled already is no failure: the event says how. */
export async function answer(id: string, consent: Consent): Promise<void> {
  answeredHere.add(id);
  try {
    await api.settleApproval(id, consent);
  } catch (error) {
    answeredHere.delete(id);
    if (!isGone(error)) throw error;
  }
  change((questions) => questions.filter((one) => one.id !== id));
}
