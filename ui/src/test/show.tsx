import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Tooltip } from "radix-ui";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";

import type { Setting, SettingValue } from "@/backend";
import { keys, queryClient } from "@/shared/queries";

/** Shows a part of the window with what it stands in; what the server knows is as the cache says. */
export function show(part: ReactNode, options: Parameters<typeof userEvent.setup>[0] = {}) {
  const view = render(
    <QueryClientProvider client={queryClient}>
      <Tooltip.Provider>
        <MemoryRouter>{part}</MemoryRouter>
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  return { user: userEvent.setup(options), ...view };
}

/** Puts settings into the cache, as if they had just been read. */
export function knownSettings(values: Record<string, SettingValue>): void {
  const settings = Object.entries(values).map(([key, value]): Setting => ({
    key,
    value,
    default: value,
    description: "",
    kind: "text",
  }));
  queryClient.setQueryData(keys.settings, { path: "config.toml", settings });
}
