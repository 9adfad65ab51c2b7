import { useEffect, useState } from "react";

/** Whole seconds until `until`, both in milliseconds; the last one lasts until it is over. */
export function secondsLeft(until: number, now: number): number {
  return Math.max(0, Math.ceil((until - now) / 1_000));
}

/** Told aloud at these, so that nobody who listens is taken by surprise. */
const SAID_AT = [30, 10];

/** How much time was left when it was last said aloud; none before the first time. */
export function lastSaid(seconds: number): number | null {
  return SAID_AT.toReversed().find((at) => seconds <= at) ?? null;
}

const TICK_MS = 250;

/** The seconds that are left now. Zero does not settle anything: that is the server's. */
export function useSecondsLeft(until: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [until]);
  return secondsLeft(until, now);
}
