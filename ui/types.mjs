// Makes src/backend/schema.ts, the API's types, from what the program says of its API.
//
//   node types.mjs [--check]   (JARVIS names a built program; without it the program is built first)
//
// --check writes nothing, and fails where the file is not what the program says now.
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { format, resolveConfig } from "prettier";

const file = fileURLToPath(new URL("src/backend/schema.ts", import.meta.url));
const [program, ...rest] = process.env.JARVIS
    ? [process.env.JARVIS]
    : ["cargo", "run", "--quiet", "-p", "jarvis-cli", "--"];
const root = fileURLToPath(new URL("..", import.meta.url));
const description = execFileSync(program, [...rest, "openapi"], { cwd: root, encoding: "utf8" });
const types = COMMENT_HEADER + astToString(await openapiTS(JSON.parse(description)));
const made = await format(types, { ...(await resolveConfig(file)), parser: "typescript" });

if (!process.argv.includes("--check")) await writeFile(file, made);
else if (made !== (await readFile(file, "utf8").catch(() => ""))) {
    console.error("ui/src/backend/schema.ts is not what the program says of its API.");
    console.error("Make it anew with `npm --prefix ui run types:generate`, and commit it.");
    process.exitCode = 1;
}
