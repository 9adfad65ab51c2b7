/** Addresses that may be opened from a message. */
const LINKS = new Set(["http:", "https:", "mailto:"]);

/** Gives back an address that is safe to open, else none. Relative addresses lead nowhere in a message. */
export function safeLink(address: string | undefined): string | undefined {
  return address !== undefined && LINKS.has(schemeOf(address)) ? address : undefined;
}

/**
 * Pictures lie in the message itself; SVG in a picture runs no script. Those on the web are not shown: fetching them would
 * tell their server who reads the message, and when.
 */
export function safeImage(address: string | undefined): string | undefined {
  return address !== undefined && /^data:image\//i.test(address) ? address : undefined;
}

function schemeOf(address: string): string {
  try {
    return new URL(address).protocol;
  } catch {
    return "";
  }
}
