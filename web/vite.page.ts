import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type UserConfig } from 'vite'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export const alias = { '@shared': here('./shared') }

/** A staff page: sources in web/<name>/ (index.html is the entry), built for /<name>/. */
export function page({ name, port, backend }: { name: string; port: number; backend?: string }): UserConfig {
  return defineConfig({
    root: here(`./${name}`),
    base: `/${name}/`,
    plugins: [vue()],
    resolve: { alias },
    build: {
      outDir: here(`./dist/${name}`),
      emptyOutDir: true,
      target: 'es2020',
      // The pages run under a CSP without data: scripts or inline code.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2500,
    },
    server: { port, strictPort: true, proxy: { '/api': backend ?? 'http://127.0.0.1:8000' } },
  })
}
