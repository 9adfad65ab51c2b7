import i18next from "i18next";
import { toast } from "sonner";

/** Puts text on the clipboard; says so where that is not allowed. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toast.error(i18next.t("failure.copy"));
    return false;
  }
}
