import { defineConfig } from 'vitest/config';

// Journeys in a real browser against the real server. Each file starts its own server in a folder that is thrown away.
export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    environment: 'node',
    retry: 0,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Each file has a server and a browser, which want cores as well.
    maxWorkers: 2,
    reporters: ['verbose'],
  },
});
