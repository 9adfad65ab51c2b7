const KEY = "jarvis.token";

/** Told to the window when there is a token to try. */
export const TOKEN_KEPT = "jarvis:token";

/** Takes the token from `#token=...`, keeps it for this tab and removes it from the address bar. */
export function takeTokenFromAddress(): void {
  const match = /^#token=([^&]+)/.exec(window.location.hash);
  if (!match?.[1]) return;
  keepToken(decodeURIComponent(match[1]));
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token.trim());
  window.dispatchEvent(new Event(TOKEN_KEPT));
}

export function token(): string | null {
  return sessionStorage.getItem(KEY);
}
