import i18next from "i18next";
import { toast } from "sonner";

import { RequestFailed, type Failure, type Problem } from "@/backend";

import de from "./i18n/failures.de.json";

type Words = Pick<Failure, "message" | "remedy">;

/** Words for everything that the program can tell of, by language. */
const words: Partial<Record<string, Record<Failure["code"], Words>>> = { de };

/** A failure in the language of the window. The program tells it in English; that is kept, as it says more. */
export function worded(problem: Problem): Problem {
  const known = words[i18next.language]?.[problem.code as Failure["code"]];
  if (!known) return problem;
  return { ...problem, message: known.message, remedy: `${known.remedy} (${problem.message})` };
}

/** What a person is told about an error: what happened, and what to do about it. */
export function failureOf(error: unknown): Problem {
  if (error instanceof RequestFailed) {
    if (error.failure.code === "server_gone") {
      return {
        code: "server_gone",
        message: i18next.t("failure.gone"),
        remedy: i18next.t("failure.goneRemedy"),
      };
    }
    if (error.failure.code !== "http_error") return worded(error.failure);
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "internal",
    message: i18next.t("failure.unexpected", { message }),
    remedy: i18next.t("failure.unexpectedRemedy"),
  };
}

/** Whether what was asked for is no longer there, or never was. */
export function isGone(error: unknown): boolean {
  return error instanceof RequestFailed && error.status === 404;
}

/** What is told again takes the place of what was told before. */
function tell({ code, message, remedy }: Problem): void {
  toast.error(message, { description: remedy, id: `${code}:${message}:${remedy}` });
}

export function showFailure(error: unknown): void {
  tell(failureOf(error));
}

/** Shows what the program tells of by itself. */
export function showProblem(problem: Problem): void {
  tell(worded(problem));
}
