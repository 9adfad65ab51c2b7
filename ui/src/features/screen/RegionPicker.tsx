import { useEffect, useId, useRef, type KeyboardEvent, type PointerEvent, type Ref } from "react";
import { useTranslation } from "react-i18next";

import { afterKey, between, isDrawn, isWhole, moved, WHOLE, type Point, type Region } from "./region";

interface RegionPickerProps {
  /** Address of the picture. */
  src: string;
  imageRef: Ref<HTMLImageElement>;
  region: Region;
  onChange: (region: Region) => void;
  /** Enter was pressed. */
  onTake: () => void;
  onLoad: () => void;
}

/** A gesture: a new region from a corner, or the one that is there carried along. */
interface Gesture {
  from: Point;
  carried: Region | null;
}

/** Marks a part of a picture, by dragging or with the arrow keys. */
export function RegionPicker({ src, imageRef, region, onChange, onTake, onLoad }: RegionPickerProps) {
  const { t, i18n } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const gesture = useRef<Gesture | null>(null);
  const help = useId();
  const whole = isWhole(region);
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent" });

  // The keyboard is there at once.
  useEffect(() => frame.current?.focus({ preventScroll: true }), []);

  const at = ({ clientX, clientY, currentTarget }: PointerEvent<HTMLElement>): Point => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  };
  const press = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const from = at(event);
    gesture.current = { from, carried: !whole && isIn(from, region) ? region : null };
  };
  const drag = (event: PointerEvent<HTMLElement>) => {
    if (!gesture.current) return;
    const { from, carried } = gesture.current;
    const to = at(event);
    const next = carried ? moved(carried, to.x - from.x, to.y - from.y) : between(from, to);
    if (carried || isDrawn(next)) onChange(next);
  };
  const release = () => {
    gesture.current = null;
  };
  const key = (event: KeyboardEvent) => {
    const next = afterKey(region, event);
    if (next) onChange(next);
    else if (event.key === "Enter") onTake();
    else if (event.key === "Escape" && !whole) onChange(WHOLE);
    else return;
    event.preventDefault();
  };

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- an application takes keys and pointers
    <div
      ref={frame}
      // What the keys do here is its own, and said by what describes it.
      role="application"
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      aria-label={t("screen.region")}
      aria-describedby={help}
      onKeyDown={key}
      onPointerDown={press}
      onPointerMove={drag}
      onPointerUp={release}
      onPointerCancel={release}
      className="relative mx-auto w-fit max-w-full cursor-crosshair touch-none overflow-hidden rounded-lg border border-line select-none"
    >
      <img
        ref={imageRef}
        src={src}
        alt={t("screen.picture")}
        draggable={false}
        onLoad={onLoad}
        className="block max-h-[62vh] max-w-full"
      />
      {!whole && (
        <div
          aria-hidden
          className="absolute cursor-move border-2 border-accent shadow-[0_0_0_1px_white,0_0_0_100vmax_rgb(0_0_0/0.5)]"
          style={{
            left: `${region.x * 100}%`,
            top: `${region.y * 100}%`,
            width: `${region.width * 100}%`,
            height: `${region.height * 100}%`,
          }}
        />
      )}
      <p id={help} className="sr-only">
        {t("screen.keys")}
      </p>
      <p role="status" className="sr-only">
        {whole
          ? t("screen.whole")
          : t("screen.part", {
              left: percent.format(region.x),
              top: percent.format(region.y),
              width: percent.format(region.width),
              height: percent.format(region.height),
            })}
      </p>
    </div>
  );
}

function isIn({ x, y }: Point, region: Region): boolean {
  return x >= region.x && y >= region.y && x <= region.x + region.width && y <= region.y + region.height;
}
