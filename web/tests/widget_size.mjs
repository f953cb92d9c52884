// The widget is loaded by other people's sites: its weight is a promise, checked at every build.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const LIMIT_KB = 80
const script = readFileSync(new URL('../dist/widget/widget.js', import.meta.url))
const sizeKb = gzipSync(script, { level: 9 }).length / 1024
console.log(`widget.js: ${sizeKb.toFixed(1)} KB gzip (limit ${LIMIT_KB} KB)`)
if (sizeKb > LIMIT_KB) {
  console.error('widget.js is over its limit')
  process.exit(1)
}
