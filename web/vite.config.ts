import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { mockApi } from './mock/plugin.ts';

// `HEADWAY_API` names a running server; without it, `npm run dev` answers from `mock/`.
const server = process.env.HEADWAY_API;

export default defineConfig({
  plugins: [
    server ? [] : mockApi(),
    sveltekit({
      // One page for every address: the server delivers it wherever it has no file and no API of its own.
      adapter: adapter({ fallback: '200.html', precompress: false }),
      compilerOptions: { runes: true },
    }),
  ],
  server: server ? { proxy: { '/api': { target: server } } } : {},
  build: { target: 'es2023' },
});
