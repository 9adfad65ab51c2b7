import { LoaderCircle, type LucideIcon } from "lucide-react";

import { Button, type ButtonProps } from "./Button";

interface BusyButtonProps extends ButtonProps {
  icon: LucideIcon;
  /** Whether what it does is being done. */
  busy: boolean;
}

/** A button that cannot be pressed again before what it does is done, and shows so in place of its icon. */
export function BusyButton({ icon: Icon, busy, children, ...rest }: BusyButtonProps) {
  return (
    <Button disabled={busy} {...rest}>
      {busy ? (
        <LoaderCircle size={15} className="animate-spin" aria-hidden />
      ) : (
        <Icon size={15} aria-hidden />
      )}
      {children}
    </Button>
  );
}
