// Types and sizes of the web UI. Where its packages are missing it is left out, but not in CI.
import { execFileSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { areToolsThere, BUILT, ROOT } from './web-sources.mjs'

const KB = 1024
/** In bytes, as they are sent with gzip. */
const BUDGETS = {
  'scripts of the first screen': 200 * KB,
  'styles of the first screen': 20 * KB,
  'the page of documents': 40 * KB,
  'the page of questions': 45 * KB,
  'the page of the graph': 130 * KB,
  'one language': 15 * KB,
  'all scripts without those for PDF': 450 * KB,
}

if (!areToolsThere()) {
  console.error('The web UI is not checked: its packages are missing. `npm install` brings them.')
  process.exitCode = process.env.CI ? 1 : 0
} else {
  const tsc = createRequire(import.meta.url).resolve('typescript/package.json')
  run(join(tsc, '../bin/tsc'), '-p', 'src/web')
  run('scripts/build-web.mjs', '--if-changed')
  const over = await overBudget()
  for (const line of over) console.error(line)
  if (over.length > 0) process.exitCode = 1
}

function run(script, ...args) {
  try {
    execFileSync(process.execPath, [script, ...args], { cwd: ROOT, stdio: 'inherit' })
  } catch {
    process.exit(1)
  }
}

async function overBudget() {
  const manifest = JSON.parse(await readFile(join(BUILT, 'manifest.json'), 'utf8'))
  const sizes = new Map()
  for (const name of await readdir(join(BUILT, 'assets'))) {
    if (!/\.(?:js|css)$/.test(name)) continue
    const bytes = await readFile(join(BUILT, 'assets', name))
    sizes.set(`assets/${name}`, gzipSync(bytes, { level: 9 }).length)
  }
  const sum = (files) => [...new Set(files)].reduce((all, file) => all + (sizes.get(file) ?? 0), 0)
  const closure = (key, seen = new Set()) => {
    if (seen.has(key) || manifest[key] === undefined) return seen
    seen.add(key)
    for (const next of manifest[key].imports ?? []) closure(next, seen)
    return seen
  }
  const scripts = (keys) => [...keys].map((key) => manifest[key].file)
  const styles = (keys) => [...keys].flatMap((key) => manifest[key].css ?? [])
  const first = closure('index.html')
  const english = closure('i18n/messages/en.ts')
  const page = (key) => [...closure(key)].filter((one) => !first.has(one))
  const all = [...sizes.keys()].filter((name) => name.endsWith('.js') && !/pdf/.test(name))
  const languages = Object.keys(manifest).filter((key) => key.startsWith('i18n/messages/'))
  const found = {
    'scripts of the first screen': sum(scripts([...first, ...english])),
    'styles of the first screen': sum(styles(first)),
    'the page of documents': sum(scripts(page('features/documents/documents-page.tsx'))),
    'the page of questions': sum(scripts(page('features/ask/ask-page.tsx'))),
    'the page of the graph': sum(scripts(page('features/graph/graph-page.tsx'))),
    'one language': Math.max(0, ...languages.map((key) => sizes.get(manifest[key].file) ?? 0)),
    'all scripts without those for PDF': sum(all),
  }
  if (process.argv.includes('--print')) {
    for (const [what, bytes] of Object.entries(found)) {
      console.log(`${(bytes / KB).toFixed(1).padStart(7)} of ${BUDGETS[what] / KB} KB  ${what}`)
    }
  }
  return Object.entries(found)
    .filter(([what, bytes]) => bytes > BUDGETS[what])
    .map(([what, bytes]) => `${what}: ${bytes} bytes, of ${BUDGETS[what]} at most`)
}
