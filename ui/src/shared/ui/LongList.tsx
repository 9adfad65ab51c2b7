import { useVirtualizer, type Range } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";

import { drawnRows } from "./drawnRows";
import { usePageScroller } from "./Page";

interface LongListProps<T> {
  items: readonly T[];
  keyOf: (item: T) => string;
  /** The height of most of them, in pixels. */
  estimate: number;
  /** The item that is brought into sight, once. */
  show?: number | undefined;
  /** An item that stays drawn out of sight too, as something is being written in it. */
  keep?: number | undefined;
  children: (item: T) => ReactNode;
}

/** A list of any length on a page, of which only what is in sight is drawn. */
export function LongList<T>({ items, keyOf, estimate, show, keep, children }: LongListProps<T>) {
  const scroller = usePageScroller();
  const list = useRef<HTMLDivElement>(null);
  // How far down the page it begins; none before that is known.
  const [top, setTop] = useState<number | null>(null);

  useLayoutEffect(() => {
    const content = scroller?.firstElementChild;
    if (!content) return;
    const measure = () => {
      if (!list.current) return;
      const above = list.current.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      setTop(Math.round(above + scroller.scrollTop));
    };
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(content);
    return () => resized.disconnect();
  }, [scroller]);

  const rangeExtractor = useCallback(
    (range: Range) => drawnRows(range, keep === undefined ? [] : [keep]),
    [keep],
  );
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller,
    estimateSize: () => estimate,
    overscan: 8,
    scrollMargin: top ?? 0,
    rangeExtractor,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
  });

  const shown = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (show === undefined || top === null || shown.current === show) return;
    shown.current = show;
    rows.scrollToIndex(show, { align: "center" });
  }, [show, top, rows]);

  return (
    <div ref={list} className="relative" style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map((row) => {
        const item = items[row.index];
        return (
          item !== undefined && (
            <div
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${row.start - (top ?? 0)}px)` }}
            >
              {children(item)}
            </div>
          )
        );
      })}
    </div>
  );
}
