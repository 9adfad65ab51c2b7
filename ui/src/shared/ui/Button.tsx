import clsx from "clsx";
import { Tooltip } from "radix-ui";
import type { ComponentProps } from "react";

const looks = {
  solid: "bg-accent text-accent-text hover:brightness-110",
  soft: "bg-accent-soft text-accent hover:brightness-105",
  plain: "border border-line bg-raised hover:bg-hover",
  quiet: "text-soft hover:bg-hover hover:text-text",
  danger: "bg-danger-soft text-danger hover:brightness-105",
};

export interface ButtonProps extends ComponentProps<"button"> {
  look?: keyof typeof looks;
}

export function Button({ look = "plain", className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={clsx(
        "inline-flex h-9 items-center justify-center gap-2 rounded-lg px-3.5 text-sm font-medium whitespace-nowrap transition",
        "disabled:cursor-default disabled:opacity-45",
        looks[look],
        className,
      )}
      {...rest}
    />
  );
}

interface IconButtonProps extends ButtonProps {
  /** The accessible name, also shown as a tooltip. */
  label: string;
  small?: boolean;
  round?: boolean;
}

export function IconButton({
  label,
  look = "quiet",
  small = false,
  round = false,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Hint text={label}>
      <button
        type="button"
        aria-label={label}
        className={clsx(
          "inline-flex shrink-0 items-center justify-center transition disabled:cursor-default disabled:opacity-40",
          small ? "size-7" : "size-9",
          round ? "rounded-full" : "rounded-lg",
          looks[look],
          className,
        )}
        {...rest}
      />
    </Hint>
  );
}

export function Hint({ text, children }: { text: string; children: React.ReactNode }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          sideOffset={6}
          collisionPadding={8}
          className="animate-fade z-50 max-w-72 rounded-md bg-text px-2 py-1 text-xs text-page shadow-md"
        >
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
