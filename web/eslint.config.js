import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['build/', '.svelte-kit/', 'node_modules/', 'src/lib/api/schema.d.ts', 'e2e/results/'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      // TypeScript knows better what exists.
      'no-undef': 'off',
      // `lib/paths.ts` builds every address, and a test holds it to the routes.
      'svelte/no-navigation-without-resolve': 'off',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    // Components know nothing of routes, of the API or of live data.
    files: ['src/lib/ui/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: ['#lib/api/*', '#lib/live/*', '#lib/state/*', '#lib/paths*', '$app/*', '**/routes/**'] },
      ],
    },
  },
);
