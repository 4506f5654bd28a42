import js from "@eslint/js";

const readonly = (names) => Object.fromEntries(names.map((name) => [name, "readonly"]));
const BROWSER = `AbortController AbortSignal CustomEvent DOMParser DataTransfer Event File FormData ResizeObserver URL clearTimeout
  document fetch getComputedStyle localStorage navigator performance reportError setInterval setTimeout window`;
const LIBRARIES = "TomSelect echarts htmx"; // loaded by the page before our modules

export default [
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    rules: {
      "consistent-return": "error",
      eqeqeq: "error",
      "func-style": ["error", "declaration", { allowArrowFunctions: true }],
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }],
      "no-eval": "error",
      "no-shadow": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "AssignmentExpression > MemberExpression.left[property.name=/^(inner|outer)HTML$/]",
          message: "Words from records must not become elements: use textContent, append, replaceChildren.",
        },
        {
          selector: "CallExpression[callee.property.name=/^(insertAdjacentHTML|write)$/]",
          message: "Words from records must not become elements: use textContent, append, replaceChildren.",
        },
      ],
    },
  },
  { files: ["static/js/**"], languageOptions: { globals: readonly(`${BROWSER} ${LIBRARIES}`.split(/\s+/)) } },
  { files: ["static/js/theme.js"], languageOptions: { sourceType: "script" } },
];
