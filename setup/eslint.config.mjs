// Odoo's own rules for JavaScript (test_lint/tests/eslintrc), for our files.
const names = (words) =>
    Object.fromEntries(words.split(" ").map((word) => [word, "readonly"]));

export default [
    {
        files: ["**/*.js"],
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: names(
                "odoo luxon $ Chart window document console navigator location " +
                    "localStorage sessionStorage fetch FormData File FileReader Blob URL " +
                    "URLSearchParams setTimeout clearTimeout setInterval clearInterval " +
                    "requestAnimationFrame globalThis HTMLElement Event CustomEvent " +
                    "MutationObserver AbortController Image DataTransfer alert",
            ),
        },
        rules: {
            "no-undef": "error",
            "no-restricted-globals": ["error", "event", "self"],
            "no-const-assign": "error",
            "no-debugger": "error",
            "no-dupe-class-members": "error",
            "no-dupe-keys": "error",
            "no-dupe-args": "error",
            "no-dupe-else-if": "error",
            "no-unsafe-negation": "error",
            "no-duplicate-imports": "error",
            "valid-typeof": "error",
            "prefer-const": "error",
            eqeqeq: "error",
            "no-var": "error",
            complexity: ["error", 10],
            "max-statements": ["error", 30],
            "max-lines": ["error", 400],
            "no-unused-vars": [
                "error",
                { vars: "all", args: "none", caughtErrors: "all" },
            ],
            "no-restricted-syntax": [
                "error",
                "PrivateIdentifier",
                {
                    selector:
                        "ClassDeclaration[superClass.name='Component']:not(:has(ClassBody.body > PropertyDefinition[key.name='props'][static='true']))",
                    message: "Component should declare static props",
                },
                {
                    selector:
                        "ClassDeclaration[superClass.name='Component']:not(:has(ClassBody.body > PropertyDefinition[key.name='template'][static='true']))",
                    message: "Component should declare static template",
                },
            ],
        },
    },
];
