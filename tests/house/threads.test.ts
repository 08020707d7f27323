import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const STARTED = /new URL\('\.\/([\w-]+)\.ts', import\.meta\.url\)/g

it('the program has beside it every thread that its sources start by a file', async () => {
  const bundle = await readFile(join(ROOT, 'bundle.mjs'), 'utf8')
  const started = new Set<string>()
  const files = await readdir(join(ROOT, 'src'), { recursive: true })
  for (const file of files.filter((name) => name.endsWith('.ts') && !name.startsWith('web/'))) {
    const source = await readFile(join(ROOT, 'src', file), 'utf8')
    for (const [, name = ''] of source.matchAll(STARTED)) started.add(name)
  }
  expect([...started].sort()).toEqual([
    'checkpoint-thread',
    'host-guard-thread',
    'host-process',
    'lone-host',
    'migrate-thread',
    'password-thread',
    'reader-host',
    'reader-worker',
    'stall-thread',
    'text-part-thread',
    'text-worker',
    'users-thread',
  ])
  expect([...started].filter((name) => !bundle.includes(`'${name}': '`))).toEqual([])
})
