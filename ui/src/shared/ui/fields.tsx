import clsx from "clsx";
import { Search } from "lucide-react";
import { Switch as Radix, ToggleGroup } from "radix-ui";
import type { ComponentProps } from "react";

export const fieldLook =
  "h-9 rounded-lg border border-line bg-page px-3 text-sm transition placeholder:text-soft focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0";

export function SearchField({ className, ...rest }: ComponentProps<"input">) {
  return (
    <div className={clsx("relative", className)}>
      <Search
        size={15}
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-soft"
      />
      <input
        type="search"
        aria-label={rest.placeholder}
        autoComplete="off"
        className={clsx(fieldLook, "w-full pl-9")}
        {...rest}
      />
    </div>
  );
}

interface SwitchProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function Switch({ label, checked, onChange }: SwitchProps) {
  return (
    <Radix.Root
      aria-label={label}
      checked={checked}
      onCheckedChange={onChange}
      className="relative h-6 w-10 shrink-0 rounded-full bg-soft/40 transition data-[state=checked]:bg-accent"
    >
      <Radix.Thumb className="block size-4.5 translate-x-0.75 rounded-full bg-white shadow transition data-[state=checked]:translate-x-4.75 dark:data-[state=checked]:bg-accent-text" />
    </Radix.Root>
  );
}

interface SegmentedProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; text: string }[];
  onChange: (value: T) => void;
}

/** A choice among few, all of them seen. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        const option = options.find((one) => one.value === next);
        if (option) onChange(option.value);
      }}
      className="inline-flex rounded-lg bg-hover p-0.5"
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          className="h-8 rounded-md px-3 text-sm text-soft transition data-[state=on]:bg-raised data-[state=on]:text-text data-[state=on]:shadow-sm dark:data-[state=on]:bg-line"
        >
          {option.text}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
