import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { alias } from './vite.page.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// One self-contained script any site can embed. index.html of "/" is a plain file in
// widget/public, because it loads that same script.
export default defineConfig({
  root: here('./widget'),
  publicDir: here('./widget/public'),
  plugins: [vue()],
  resolve: { alias },
  define: {
    'process.env.NODE_ENV': '"production"',
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: {
    outDir: here('./dist/widget'),
    emptyOutDir: true,
    target: 'es2018',
    lib: { entry: here('./widget/main.ts'), formats: ['iife'], name: 'HuicaiChat', fileName: () => 'widget.js' },
  },
})
