import { Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Relation } from "@/backend";
import { colouringOf, MARKS, type ColourBy } from "@/features/graph/colouring";
import { litAround, litBy, type Graph } from "@/features/graph/graph";
import { nameOf } from "@/features/graph/sentence";
import { useMedia } from "@/shared/lib/useMedia";
import { useTheme } from "@/shared/theme";
import { IconButton } from "@/shared/ui/Button";

import { Discs } from "./discs";
import { Drawing } from "./drawing";
import { paletteOf, type Palette } from "./palette";
import { useLayout } from "./useLayout";

interface PictureProps {
  graph: Graph;
  colourBy: ColourBy;
  selected: string | null;
  /** Relations that stand out, in place of those of what is selected. */
  highlighted: readonly Relation[] | null;
  onSelect: (id: string | null) => void;
}

const ZOOM_STEP = 1.5;

/** The graph as it is drawn. All that it shows is in the list too. */
export function Picture({ graph, colourBy, selected, highlighted, onSelect }: PictureProps) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const calm = useMedia("(prefers-reduced-motion: reduce)");
  const theme = useTheme((state) => state.shown);
  const { laidOut, failed, hold, release } = useLayout(graph, !calm);
  /** What was chosen in the picture itself, which therefore stays where it is. */
  const chosenHere = useRef<string | null>(null);
  const choose = useRef<(node: number | null) => void>(() => undefined);
  useEffect(() => {
    choose.current = (node) => {
      const id = node === null ? null : (laidOut?.graph.nodes[node]?.id ?? null);
      chosenHere.current = id;
      onSelect(id);
    };
  });

  useEffect(() => {
    if (!canvas.current) return;
    const own = new Drawing(
      canvas.current,
      { clicked: (node) => choose.current(node), hovered: setHovered, held: hold, released: release },
      calm,
    );
    drawing.current = own;
    return () => own.destroy();
  }, [calm, hold, release]);

  // A new graph is laid out before it is shown.
  const shown = laidOut?.graph;
  const names = useMemo(() => shown?.nodes.map((node) => nameOf(node, t)) ?? [], [shown, t]);
  const marks = useMemo(() => shown && colouringOf(shown, colourBy).marks, [shown, colourBy]);
  const selectedPlace = (selected === null ? undefined : shown?.placeOf.get(selected)) ?? null;

  const [colours, setColours] = useState<{ palette: Palette; discs: Discs } | null>(null);
  useEffect(() => {
    const palette = paletteOf(document.documentElement, MARKS);
    setColours({ palette, discs: new Discs(palette) });
  }, [theme]);

  const lit = useMemo(() => {
    if (!shown) return null;
    if (hovered !== null) return litAround(hovered, shown);
    if (highlighted) return litBy(highlighted, shown);
    return selectedPlace === null ? null : litAround(selectedPlace, shown);
  }, [shown, hovered, highlighted, selectedPlace]);

  useEffect(() => {
    if (!laidOut || !marks || !colours) return;
    drawing.current?.show({ ...laidOut, ...colours, names, marks, selected: selectedPlace, hovered, lit });
  }, [laidOut, marks, colours, names, selectedPlace, hovered, lit, calm]);

  const ready = laidOut !== null;
  useEffect(() => {
    if (!ready || selectedPlace === null || chosenHere.current === selected) return;
    chosenHere.current = null;
    drawing.current?.lookAt([selectedPlace]);
  }, [ready, selected, selectedPlace]);
  useEffect(() => {
    if (!shown || !highlighted) return;
    const { nodes } = litBy(highlighted, shown);
    if (nodes.size > 0) drawing.current?.lookAt([...nodes]);
  }, [shown, highlighted]);

  return (
    <div className="relative h-full min-h-0 overflow-hidden rounded-2xl border border-line bg-raised">
      <canvas
        ref={canvas}
        role="img"
        aria-label={t("graph.picture.name", { count: graph.nodes.length })}
        className="absolute inset-0 size-full touch-none"
      />
      {!ready && (
        <p
          role="status"
          className="absolute inset-0 grid place-items-center px-6 text-center text-sm text-soft"
        >
          {failed ? t("graph.picture.failed") : t("graph.picture.layingOut")}
        </p>
      )}
      <div className="absolute right-2 bottom-2 flex flex-col rounded-xl border border-line bg-raised/90 p-0.5">
        <IconButton label={t("graph.picture.zoomIn")} onClick={() => drawing.current?.zoomBy(ZOOM_STEP)}>
          <ZoomIn size={16} />
        </IconButton>
        <IconButton label={t("graph.picture.zoomOut")} onClick={() => drawing.current?.zoomBy(1 / ZOOM_STEP)}>
          <ZoomOut size={16} />
        </IconButton>
        <IconButton label={t("graph.picture.all")} onClick={() => drawing.current?.lookAt("all")}>
          <Maximize size={16} />
        </IconButton>
      </div>
    </div>
  );
}
