import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { Markdown } from "./Markdown";

const HOSTILE = [
  "<script>window.broken = 1</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)><a href='javascript:alert(1)'>x</a></svg>",
  "<iframe src='https://example.org'></iframe>",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](data:text/html,<script>alert(1)</script>)",
  "[x](  javascript:alert(1))",
  "![x](javascript:alert(1))",
  "![x](http://example.org/spy.png)",
  "![x](https://example.org/spy.png)",
  "![x](data:text/html;base64,PHNjcmlwdD4=)",
  "<javascript:alert(1)>",
  '[x](https://example.org "onclick=alert(1)")',
  '<a href="javascript:alert(1)">x</a>',
  "<style>*{display:none}</style>",
  "```html\n<script>window.broken = 1</script>\n```",
];

it.each(HOSTILE)("shows %s without running it", (text) => {
  const { container } = render(<Markdown text={text} />);
  expect(container.querySelector("script, iframe, style, form, object, img")).toBeNull();
  for (const element of container.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      expect(name).not.toMatch(/^on/);
      expect(value).not.toMatch(/^\s*(javascript|data:text)/i);
    }
  }
});

it("opens links in a new window that knows nothing of this one", () => {
  render(<Markdown text="[there](https://example.org/)" />);
  const link = screen.getByRole("link", { name: "there" });
  expect(link).toHaveAttribute("rel", "noopener noreferrer");
  expect(link).toHaveAttribute("target", "_blank");
});

it("shows pictures that lie in the message, and names those on the web", () => {
  render(<Markdown text={"![a dot](data:image/png;base64,AAAA) ![a cat](https://example.org/cat.png)"} />);
  expect(screen.getByRole("img", { name: "a dot" })).toBeVisible();
  expect(screen.queryByRole("img", { name: "a cat" })).toBeNull();
  expect(screen.getByRole("link", { name: "a cat" })).toHaveAttribute("href", "https://example.org/cat.png");
});

it("shows code with its language and a button to copy it", () => {
  render(<Markdown text={"```rust\nfn main() {}\n```"} />);
  expect(screen.getByText("rust")).toBeVisible();
  expect(screen.getByRole("button", { name: "Copy" })).toBeVisible();
});

it("shows formulas, but follows no link and no HTML out of them", async () => {
  const { container } = render(<Markdown text={"\\(x^2\\) and $\\href{javascript:alert(1)}{x}$"} />);
  await screen.findAllByText("x", { exact: false });
  await expect.poll(() => container.querySelector(".katex")).not.toBeNull();
  expect(container.querySelector("a[href]")).toBeNull();
});
