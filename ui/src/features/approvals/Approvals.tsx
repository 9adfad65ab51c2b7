import { AlertDialog } from "radix-ui";

import { ApprovalCard } from "./ApprovalCard";
import { useApprovals } from "./useApprovals";

/** Puts what waits for the person's word over whatever is shown, the oldest first. */
export function Approvals() {
  const questions = useApprovals().data ?? [];
  const [first] = questions;
  return (
    <AlertDialog.Root open={first !== undefined}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="animate-fade fixed inset-0 z-60 bg-black/45" />
        {first && <ApprovalCard question={first} waiting={questions.length - 1} />}
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
