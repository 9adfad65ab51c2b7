import "@testing-library/jest-dom/vitest";

import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

import { startTranslations } from "@/shared/i18n";

await startTranslations();
afterEach(cleanup);
