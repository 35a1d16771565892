import { defineConfig } from 'vitest/config';

// Pure modules only: what needs a browser is a journey in `e2e/`.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    setupFiles: ['src/lib/messages/setup.ts'],
  },
});
