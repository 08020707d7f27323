import { execFileSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

it('is built as it is shipped, also by tests', async () => {
  expect(process.env.NODE_ENV).not.toBe('production')
  execFileSync(process.execPath, ['scripts/build-web.mjs', '--if-changed'], { cwd: ROOT })
  const assets = join(ROOT, 'dist/webui/assets')
  const scripts = (await readdir(assets)).filter((name) => name.endsWith('.js'))
  const texts = await Promise.all(scripts.map((name) => readFile(join(assets, name), 'utf8')))
  // Only React for production shortens its errors to numbers.
  expect(texts.some((text) => text.includes('Minified React error'))).toBe(true)
}, 120_000)
