import clsx from "clsx";
import type { LucideIcon } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactNode;
  children: ReactNode;
  /** Gives the place of the focus after closing to whoever opened something from the menu. */
  onCloseAutoFocus?: (event: Event) => void;
}

export function Menu({ trigger, children, onCloseAutoFocus }: MenuProps) {
  return (
    // Otherwise the page behind it would be hidden from screen readers with its controls still in it.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          {...(onCloseAutoFocus && { onCloseAutoFocus })}
          className="animate-fade z-50 min-w-48 rounded-xl border border-line bg-raised p-1.5 shadow-xl"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface MenuItemProps {
  icon: LucideIcon;
  label: string;
  danger?: boolean;
  onSelect: () => void;
}

export function MenuItem({ icon: Icon, label, danger = false, onSelect }: MenuItemProps) {
  return (
    <DropdownMenu.Item
      onSelect={onSelect}
      className={clsx(
        "flex items-center gap-3 rounded-lg px-2.5 py-2 text-sm outline-none data-highlighted:bg-hover",
        danger && "text-danger",
      )}
    >
      <Icon size={16} aria-hidden />
      {label}
    </DropdownMenu.Item>
  );
}

export function MenuLine() {
  return <DropdownMenu.Separator className="my-1.5 h-px bg-line" />;
}
