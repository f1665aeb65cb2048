import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { thirdPartyNotices } from './scripts/notices.ts';

/**
 * One build, two environments: the page, for both shells, and the preload script of the desktop shell, which a sandboxed
 * window takes only as a single CommonJS file.
 *
 * The main process is not here. It starts runners and threads from files that lie beside its own (engine/own-file.ts), which a
 * bundle would swallow, so that tsc alone builds it, with the engine and the host: tsconfig.build.json.
 */
export default defineConfig({
  root: 'renderer',
  base: './',
  // Beside the page's folder: what lies in that is served.
  plugins: [react(), thirdPartyNotices('out/THIRD-PARTY-NOTICES.txt', ['client'])],
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    target: 'chrome140',
    sourcemap: true,
    chunkSizeWarningLimit: 2500,
  },
  environments: {
    preload: {
      consumer: 'server',
      resolve: { noExternal: true, external: [] },
      build: {
        outDir: '../out/preload',
        emptyOutDir: true,
        ssr: true,
        target: 'chrome140',
        minify: false,
        sourcemap: 'inline',
        rolldownOptions: {
          input: { index: 'electron/preload.ts' },
          external: ['electron'],
          output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        },
      },
    },
  },
  builder: {
    buildApp: async builder => {
      for (const environment of Object.values(builder.environments)) await builder.build(environment);
    },
  },
});
