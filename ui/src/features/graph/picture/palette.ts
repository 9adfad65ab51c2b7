/** The colours of the page, as a canvas needs them. */
export interface Palette {
  page: string;
  text: string;
  link: string;
  accent: string;
  /** By the number of a mark. */
  marks: string[];
}

export function paletteOf(element: Element, marks: readonly string[]): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    page: colour("--raised"),
    text: colour("--text"),
    link: colour("--mark-rest"),
    accent: colour("--accent"),
    marks: marks.map(colour),
  };
}
