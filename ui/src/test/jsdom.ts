/** jsdom lays nothing out, knows no media and captures no pointers. */
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
Element.prototype.setPointerCapture = () => undefined;
