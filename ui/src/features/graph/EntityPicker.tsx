import clsx from "clsx";
import { useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { GraphNode } from "@/backend";
import { SearchField } from "@/shared/ui/fields";

import { markOfKind, MARKS } from "./colouring";
import { Dot } from "./Legend";
import { findByName, searchNames } from "./search";
import { nameOf } from "./sentence";

interface EntityPickerProps {
  nodes: readonly GraphNode[];
  /** What the field is for. */
  label: string;
  /** An entity that cannot be chosen. */
  without?: string;
  onPick: (entity: GraphNode) => void;
  /** Whether the person has just asked for the field. */
  focused?: boolean;
}

const MOST = 12;

/** Finds an entity by its name. The arrow keys go through what fits, Enter takes it. */
export function EntityPicker({ nodes, label, without, onPick, focused = false }: EntityPickerProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const names = useMemo(
    () =>
      searchNames(
        nodes.filter((node) => node.id !== without),
        (node) => nameOf(node, t),
      ),
    [nodes, without, t],
  );
  const found = useMemo(() => findByName(names, text, MOST), [names, text]);
  const shown = open && text.trim() !== "";

  const pick = (entity: GraphNode | undefined) => {
    if (!entity) return;
    setText("");
    setOpen(false);
    onPick(entity);
  };
  const moveTo = (next: number) => {
    const place = (next + found.length) % Math.max(1, found.length);
    setOpen(true);
    setAt(place);
    list.current?.children[place]?.scrollIntoView({ block: "nearest" });
  };
  const press = (event: React.KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") moveTo(shown ? at + 1 : 0);
    else if (event.key === "ArrowUp") moveTo(at - 1);
    else if (event.key === "Enter" && shown) pick(found[at]);
    else if (event.key === "Escape" && text) setText("");
    else return;
    event.preventDefault();
  };
  return (
    <div
      className="relative"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <SearchField
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={focused}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={shown ? `${id}-list` : undefined}
        aria-activedescendant={shown && found[at] ? `${id}-${at}` : undefined}
        placeholder={label}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
          setOpen(true);
        }}
        onKeyDown={press}
      />
      {shown && (
        <div className="absolute inset-x-0 top-full z-20 mt-1 rounded-xl border border-line bg-raised p-1.5 shadow-xl">
          <ul
            ref={list}
            id={`${id}-list`}
            role="listbox"
            aria-label={label}
            className="max-h-72 overflow-y-auto"
          >
            {found.map((entity, place) => (
              // The field keeps the focus and takes the keys.
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events
              <li
                key={entity.id}
                id={`${id}-${place}`}
                role="option"
                tabIndex={-1}
                aria-selected={place === at}
                onMouseDown={(event) => event.preventDefault()}
                onMouseMove={() => setAt(place)}
                onClick={() => pick(entity)}
                className={clsx(
                  "flex cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-sm",
                  place === at && "bg-hover",
                )}
              >
                <Dot mark={MARKS[markOfKind(entity.kind)] ?? MARKS[0]} />
                <span className="truncate">{nameOf(entity, t)}</span>
                {entity.kind !== "self" && (
                  <span className="ml-auto shrink-0 text-xs text-soft">{t(`graph.kind.${entity.kind}`)}</span>
                )}
              </li>
            ))}
          </ul>
          {found.length === 0 && (
            <p role="status" className="px-2.5 py-1.5 text-sm text-soft">
              {t("graph.search.nothing")}
            </p>
          )}
        </div>
      )}
    </div>
  );
}
