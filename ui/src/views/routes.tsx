import { createHashRouter } from "react-router";

import { ChatView } from "./ChatView";
import { ErrorView } from "./ErrorView";
import { Frame } from "./Frame";
import { Shell } from "./Shell";

/** The pages. Addresses live behind the `#`, so that they work under any scheme and from any folder. */
export const makeRouter = () =>
  createHashRouter([
    // A window of its own, with nothing round it.
    { path: "bubble", lazy: () => import("./BubbleView"), hydrateFallbackElement: <></> },
    {
      element: <Shell />,
      errorElement: <ErrorView />,
      // While the first page's code is fetched.
      hydrateFallbackElement: <></>,
      children: [
        { path: "welcome", lazy: () => import("./FirstRunView"), errorElement: <ErrorView /> },
        {
          element: <Frame />,
          children: [
            {
              errorElement: <ErrorView />,
              children: [
                { index: true, element: <ChatView /> },
                { path: "c/:id", element: <ChatView /> },
                { path: "memory", lazy: () => import("./MemoryView") },
                { path: "graph", lazy: () => import("./GraphView") },
                { path: "documents", lazy: () => import("./DocumentsView") },
                { path: "documents/:id", lazy: () => import("./DocumentView") },
                { path: "tools", lazy: () => import("./ToolsView") },
                { path: "audit", lazy: () => import("./AuditView") },
                { path: "screen", lazy: () => import("./ScreenView") },
                { path: "settings", lazy: () => import("./SettingsView") },
                { path: "models", lazy: () => import("./ModelsView") },
                { path: "health", lazy: () => import("./HealthView") },
                { path: "*", element: <ChatView /> },
              ],
            },
          ],
        },
      ],
    },
  ]);
