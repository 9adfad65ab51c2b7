/** jsdom lays nothing out and knows no media. */
class NoResizes {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

Object.assign(window, {
  ResizeObserver: NoResizes,
  matchMedia: (media: string) => Object.assign(new EventTarget(), { media, matches: false }),
});
Element.prototype.scrollIntoView = () => undefined;
