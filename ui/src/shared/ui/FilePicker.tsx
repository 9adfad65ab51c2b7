import { type ReactNode, useRef } from "react";

interface FilePickerProps {
  /** What the system's file picker is for. */
  label: string;
  testId: string;
  /** Endings of files, as the browser takes them. */
  accept?: string;
  onFiles: (files: File[]) => void;
  /** The button that opens it. */
  children: (open: () => void) => ReactNode;
}

/** Opens the system's file picker. */
export function FilePicker({ label, testId, accept, onFiles, children }: FilePickerProps) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        accept={accept}
        aria-label={label}
        data-testid={testId}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // The same file can be chosen again.
          currentTarget.value = "";
        }}
      />
      {children(() => field.current?.click())}
    </>
  );
}
