import { defineConfig } from 'vite';

// The charts as one script for the engine inside the binary: no DOM, no modules, nothing to load at run time.
export default defineConfig({
  publicDir: false,
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    target: 'es2020',
    outDir: 'build',
    emptyOutDir: false,
    lib: {
      entry: 'src/lib/charts/server.ts',
      formats: ['iife'],
      name: 'headwayCharts',
      fileName: () => 'charts.js',
    },
  },
});
