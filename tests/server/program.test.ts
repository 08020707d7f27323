import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startRealProcess } from './real-process.ts'
import { tempFolder } from './temp-folder.ts'

const BUNDLE = dirname(process.env.TENANTRAG_TEST_CLI ?? '')
/** Says on standard error when a package is loaded that the bundle has not in it. */
const LISTENER = `
const Module = require('node:module')
const load = Module._load
Module._load = function (name, ...rest) {
  if (/gpt-tokenizer/.test(name)) process.stderr.write('the tokenizer is loaded\\n')
  return load.call(this, name, ...rest)
}`

describe('the program as it is built', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  beforeEach(async () => {
    folder = await tempFolder()
  })
  afterEach(() => folder.remove())

  it('has its packages in it, but for those that are native or have files of their own', async () => {
    const names = (await readdir(BUNDLE)).filter((name) => name.endsWith('.js'))
    const texts = await Promise.all(names.map((name) => readFile(join(BUNDLE, name), 'utf8')))
    const imported = texts.flatMap((text) =>
      [...text.matchAll(/^import .* from "([^".][^"]*)";?$/gm)].map(([, name]) => name ?? ''),
    )
    const packages = imported.filter((name) => !isBuiltin(name)).toSorted()
    expect([...new Set(packages)]).toEqual([
      '@fastify/swagger-ui',
      'bcryptjs',
      'better-sqlite3',
      'pino',
    ])
  })

  it('tells of all its commands', async () => {
    const cli = process.env.TENANTRAG_TEST_CLI ?? ''
    const { stdout } = await promisify(execFile)(process.execPath, [cli, '--help'])
    const named = [...stdout.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name)
    const start = ['serve', 'demo', 'hash-password']
    const others = ['user', 'operator', 'audit', 'doctor', 'workspace', 'adopt']
    expect(named).toEqual(expect.arrayContaining([...start, ...others]))
  })

  it('starts without the table of the tokenizer, which comes with the first text', async () => {
    const listener = join(folder.path, 'listener.cjs')
    await writeFile(listener, LISTENER)
    const server = await startRealProcess(folder.path, { NODE_OPTIONS: `--require ${listener}` })
    try {
      expect(server.output()).not.toContain('the tokenizer is loaded')
      const sent = await fetch(`${server.url}/documents/text`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: 'A heron stands in the reeds.' }),
      })
      expect(sent.status).toBe(200)
      await vi.waitFor(() => expect(server.output()).toContain('the tokenizer is loaded'), 30_000)
    } finally {
      await server.stop()
    }
  })
})
