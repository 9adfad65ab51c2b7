import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

/** The layers: views -> features -> shared -> backend. A folder reaches another only through "@/". */
const upwards = { regex: "^\\.\\./", message: 'Reach another folder through "@/".' };

function layer(name, forbidden) {
    const patterns = forbidden.map((other) => ({
        regex: `^@/${other}(/|$)`,
        message: `${name}/ must not know ${other}/: imports go views -> features -> shared -> backend.`,
    }));
    return {
        files: [`src/${name}/**/*.{ts,tsx}`],
        rules: { "no-restricted-imports": ["error", { patterns: [upwards, ...patterns] }] },
    };
}

const network = ["fetch", "EventSource", "XMLHttpRequest", "WebSocket"].map((name) => ({
    name,
    message: "Only src/backend/ talks to the server.",
}));

export default ts.config(
    { ignores: ["dist", "node_modules"] },
    js.configs.recommended,
    {
        files: ["src/**/*.{ts,tsx}", "vite.config.ts"],
        extends: [ts.configs.strictTypeChecked],
        languageOptions: { globals: globals.browser, parserOptions: { projectService: true } },
        plugins: { "react-hooks": hooks },
        rules: {
            ...hooks.configs.recommended.rules,
            "no-restricted-globals": ["error", ...network],
            "@typescript-eslint/no-confusing-void-expression": "off",
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
            "@typescript-eslint/no-unnecessary-type-parameters": "off",
        },
    },
    { files: ["src/**/*.tsx"], ...a11y.flatConfigs.recommended },
    layer("views", []),
    layer("features", ["views"]),
    layer("shared", ["views", "features"]),
    layer("backend", ["views", "features", "shared"]),
    { files: ["src/backend/**", "src/**/*.test.{ts,tsx}"], rules: { "no-restricted-globals": "off" } },
    { files: ["*.mjs"], languageOptions: { globals: globals.node } },
);
