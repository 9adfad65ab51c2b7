import { FilePlus2 } from "lucide-react";
import { useEffect, useState } from "react";

interface DropZoneProps {
  /** What is said while files are held over the window. */
  title: string;
  note: string;
  onFiles: (files: File[]) => void;
}

/** Lets files be dropped anywhere on the window while it is there, and says so meanwhile. */
export function DropZone({ title, note, onFiles }: DropZoneProps) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const drag = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      // Without this the browser would leave the page for the file.
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      // Only what leaves the window; between its parts there is always another one entered.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      onFiles([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener("dragover", drag);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", drag);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, [onFiles]);
  if (!over) return null;
  return (
    <div className="animate-fade pointer-events-none absolute inset-3 z-20 flex flex-col items-center justify-center gap-3 rounded-3xl border-2 border-dashed border-accent bg-page/90">
      <FilePlus2 size={34} className="text-accent" aria-hidden />
      <p className="font-medium">{title}</p>
      <p className="px-4 text-center text-sm text-soft">{note}</p>
    </div>
  );
}
