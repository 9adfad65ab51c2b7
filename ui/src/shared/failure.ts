import i18next from "i18next";
import { toast } from "sonner";

import { RequestFailed, type Problem } from "@/backend";

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
    if (error.failure.code !== "http_error") return error.failure;
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "internal",
    message: i18next.t("failure.unexpected", { message }),
    remedy: i18next.t("failure.unexpectedRemedy"),
  };
}

export function showFailure(error: unknown): void {
  const { code, message, remedy } = failureOf(error);
  toast.error(message, { description: remedy, id: `${code}:${message}` });
}
