const globals = require("globals");

module.exports = [
  {
    files: ["addons/**/static/**/*.js"],
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: "module",
      globals: {...globals.browser, odoo: "readonly", luxon: "readonly"},
    },
    rules: {
      "no-undef": "error",
      "no-unused-vars": "error",
      "no-debugger": "error",
      "no-eval": "error",
      "no-dupe-keys": "error",
      "no-unreachable": "error",
      "no-use-before-define": "error",
      eqeqeq: "warn",
      "prefer-const": "warn",
      "no-shadow": "warn",
      "no-console": "warn",
      complexity: ["warn", 15],
    },
  },
];
