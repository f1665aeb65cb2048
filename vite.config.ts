import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * One build, three environments: the page (for both shells), and Electron's main and preload.
 * What is native or Electron's own stays outside the bundles.
 */
export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react()],
  build: { outDir: '../out/renderer', emptyOutDir: true, target: 'chrome140', sourcemap: true, chunkSizeWarningLimit: 2500 },
});
