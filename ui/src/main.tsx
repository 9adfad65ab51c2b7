import "./styles.css";
import "./prose.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { Tooltip } from "radix-ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";

import { takeTokenFromAddress } from "@/backend";
import { openLinksOutside } from "@/shared/links";
import { startTranslations } from "@/shared/i18n";
import { connect } from "@/shared/live/connect";
import { queryClient } from "@/shared/queries";
import { startTheme } from "@/shared/theme";
import { makeRouter } from "@/views/routes";

// Before the router reads what stands behind the `#`.
takeTokenFromAddress();
startTheme();
await startTranslations();
connect();
openLinksOutside();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root.");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Tooltip.Provider delayDuration={500}>
        <RouterProvider router={makeRouter()} />
      </Tooltip.Provider>
    </QueryClientProvider>
  </StrictMode>,
);
