// Builds the web UI into dist/webui. With `--if-changed` only when it is not built of these sources,
// and without the packages for it nothing but a word: the server starts without a web UI.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import {
  areSourcesThere,
  areToolsThere,
  BUILT,
  digestOfSources,
  isBuilt,
  ROOT,
  stampPath,
} from './web-sources.mjs'

const isLenient = process.argv.includes('--if-changed')
/** A smaller file gains nothing. */
const WORTH_BYTES = 1024

if (!areSourcesThere()) {
  // An installed package has it built already.
} else if (isLenient && (await isBuilt())) {
  // As it should be.
} else if (!areToolsThere()) {
  console.error('The web UI is not built: its packages are missing. `npm ci` brings them.')
  if (!isLenient) process.exitCode = 1
} else {
  await build().catch((error) => {
    if (!isLenient) throw error
    console.error(
      'The web UI could not be built; the server starts without the newest of it.',
      error,
    )
  })
}

async function build() {
  const began = performance.now()
  // Tests build it too, and theirs would be half as large again, with every effect run twice.
  process.env.NODE_ENV = 'production'
  const digest = await digestOfSources()
  const { build: viteBuild } = await import('vite')
  const { default: react } = await import('@vitejs/plugin-react')
  await viteBuild({
    configFile: false,
    logLevel: 'warn',
    root: join(ROOT, 'src/web'),
    // Below whatever path it is served.
    base: './',
    plugins: [react()],
    build: {
      outDir: BUILT,
      emptyOutDir: true,
      target: ['chrome125', 'firefox128', 'safari17.5'],
      // Nothing in the page itself, so that no style or script in it has to be allowed.
      assetsInlineLimit: 0,
      manifest: 'manifest.json',
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
    worker: { format: 'es' },
  })
  await compress(join(BUILT, 'assets'))
  await writeFile(stampPath, digest)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.error(`The web UI was built in ${seconds} s.`)
}

/** Once, at the best that there is, and not at each request. */
async function compress(folder) {
  for (const name of await readdir(folder)) {
    if (!/\.(?:js|css|svg|json|wasm|mjs)$/.test(name)) continue
    const bytes = await readFile(join(folder, name))
    if (bytes.length < WORTH_BYTES) continue
    const brotli = await promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9 },
    })
    await writeFile(join(folder, `${name}.br`), brotli)
    await writeFile(join(folder, `${name}.gz`), await promisify(gzip)(bytes, { level: 9 }))
  }
}
