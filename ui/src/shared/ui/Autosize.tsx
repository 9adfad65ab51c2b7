import clsx from "clsx";
import { useImperativeHandle, useLayoutEffect, useRef, type ComponentProps } from "react";

/** A text field that is as tall as its text, up to a bound. */
export function Autosize({ className, value, ref, ...rest }: ComponentProps<"textarea">) {
  const field = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => field.current as HTMLTextAreaElement, []);
  useLayoutEffect(() => {
    if (!field.current) return;
    field.current.style.height = "auto";
    field.current.style.height = `${field.current.scrollHeight}px`;
  }, [value]);
  return (
    <textarea
      ref={field}
      rows={1}
      value={value}
      className={clsx(
        "block max-h-60 w-full resize-none overflow-y-auto bg-transparent leading-relaxed outline-none placeholder:text-soft",
        className,
      )}
      {...rest}
    />
  );
}
