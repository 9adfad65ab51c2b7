import { fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it, vi } from "vitest";

import { show } from "@/test/show";

import { isWhole, MIDDLE, WHOLE, type Region } from "./region";
import { RegionPicker } from "./RegionPicker";

function picker() {
  const onTake = vi.fn();
  const marked = { now: WHOLE };
  function Held() {
    const [region, setRegion] = useState<Region>(WHOLE);
    marked.now = region;
    return (
      <RegionPicker
        src="blob:here"
        imageRef={null}
        region={region}
        onChange={setRegion}
        onTake={onTake}
        onLoad={() => undefined}
      />
    );
  }
  const view = show(<Held />);
  const field = screen.getByRole("application", { name: "Part of the screen" });
  // jsdom lays nothing out, and captures no pointer.
  field.getBoundingClientRect = () => ({ left: 0, top: 0, width: 100, height: 100 }) as DOMRect;
  field.setPointerCapture = () => undefined;
  return { ...view, onTake, marked, field };
}

it("is marked by keyboard, and says what is marked", async () => {
  const { user, marked, onTake, field } = picker();
  expect(field).toHaveFocus();
  expect(screen.getByRole("status")).toHaveTextContent("The whole screen is marked.");
  await user.keyboard("{ArrowRight}");
  expect(marked.now).toEqual(MIDDLE);
  await user.keyboard("{ArrowRight}{Shift>}{ArrowDown}{/Shift}");
  expect(screen.getByRole("status")).toHaveTextContent(
    "Marked from 27% left and 25% top, 50% wide and 52% high.",
  );
  await user.keyboard("{Enter}");
  expect(onTake).toHaveBeenCalledOnce();
  await user.keyboard("{Escape}");
  expect(isWhole(marked.now)).toBe(true);
});

/** jsdom knows no pointers: what happens is a mouse's, by the pointer's name. */
function point(field: HTMLElement, what: "down" | "move" | "up", clientX: number, clientY: number): void {
  fireEvent(field, new MouseEvent(`pointer${what}`, { bubbles: true, clientX, clientY }));
}

it("is drawn by the pointer, and carried along when it is pressed again", () => {
  const { marked, field } = picker();
  point(field, "down", 60, 70);
  point(field, "move", 20, 30);
  point(field, "up", 20, 30);
  expect(marked.now.x).toBeCloseTo(0.2);
  expect(marked.now.width).toBeCloseTo(0.4);
  point(field, "move", 90, 90);
  expect(marked.now.x).toBeCloseTo(0.2);
  point(field, "down", 40, 50);
  point(field, "move", 50, 45);
  expect(marked.now.x).toBeCloseTo(0.3);
  expect(marked.now.y).toBeCloseTo(0.25);
  expect(marked.now.width).toBeCloseTo(0.4);
});

it("marks nothing by a mere press", () => {
  const { marked, field } = picker();
  point(field, "down", 60, 70);
  point(field, "up", 60, 70);
  expect(isWhole(marked.now)).toBe(true);
});
