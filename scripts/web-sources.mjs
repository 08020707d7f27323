import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../', import.meta.url))
export const BUILT = join(ROOT, 'dist/webui')
const STAMP = join(BUILT, 'stamp.txt')

/** Packages without which the web UI cannot be built; they come with `npm ci`. */
export const areToolsThere = () =>
  ['vite', 'react', 'react-aria-components'].every((name) =>
    existsSync(join(ROOT, 'node_modules', name, 'package.json')),
  )

export const areSourcesThere = () => existsSync(join(ROOT, 'src/web/index.html'))

/** What the web UI is built of, as one short text. */
export async function digestOfSources() {
  const hash = createHash('sha256')
  const entries = await readdir(join(ROOT, 'src/web'), { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const all = [
    ...files,
    ...['package-lock.json', 'scripts/build-web.mjs'].map((name) => join(ROOT, name)),
  ]
  for (const file of all) {
    hash.update(`${relative(ROOT, file)}\0`).update(await readFile(file))
  }
  return hash.digest('hex').slice(0, 32)
}

export const stampPath = STAMP

export async function isBuilt() {
  const stamp = await readFile(STAMP, 'utf8').catch(() => '')
  return stamp !== '' && stamp === (await digestOfSources())
}
