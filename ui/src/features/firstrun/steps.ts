/** The setting that keeps the place. */
export const FIRST_RUN = "desktop.first_run";

/** The steps, as the setting names them; "welcome" is the first, where the machine is shown. */
export const steps = ["welcome", "sound", "models", "voice", "wake", "done"] as const;
export type Step = (typeof steps)[number];

export function stepOf(value: unknown): Step {
  return steps.find((step) => step === value) ?? "welcome";
}

export function after(step: Step): Step {
  return steps[steps.indexOf(step) + 1] ?? "done";
}

export function before(step: Step): Step | null {
  return steps[steps.indexOf(step) - 1] ?? null;
}
