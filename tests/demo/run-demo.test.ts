import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runDemo } from '../../src/demo/run-demo.ts'
import { type Leak, startLeakyServer } from './planted-leak-server.ts'

/** What the demo prints as ✗ under each planted leak. */
const CAUGHT: [Leak, string][] = [
  ['answers', "acme's answers hold no fact of techstart"],
  ['citations', "acme's answers cite files of acme alone"],
  ['listing', 'techstart lists no document of acme'],
  ['tracks', 'techstart sees nothing under a track id of acme'],
  ['keys', 'a wrong key gets 401'],
  ['deletion', 'techstart cannot delete a document of acme'],
]

async function demo(leak: Leak, columns?: number) {
  let text = ''
  const status = await runDemo({
    startServer: (options) => startLeakyServer(leak, options),
    exit: true,
    out: {
      write: (part: string) => {
        text += part
      },
      ...(columns === undefined ? {} : { columns, isTTY: true, hasColors: () => true }),
    },
  })
  return { status, lines: text.split('\n') }
}

describe('the demo', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-test-'))
    vi.stubEnv('TMPDIR', folder)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  })

  it('ends with status 0 when the server keeps the companies apart', async () => {
    const { status, lines } = await demo('none')
    expect(lines.filter((line) => line.includes('✗'))).toEqual([])
    expect(lines.filter((line) => line.includes('✓'))).toHaveLength(16)
    expect(status).toBe(0)
  })

  it.each(CAUGHT)(
    'ends with status 1 and names the check under a leak of %s',
    async (leak, title) => {
      const { status, lines } = await demo(leak)
      expect(lines.filter((line) => line.includes('✗')).join('\n')).toContain(title)
      expect(status).toBe(1)
    },
  )

  it('prints answers, sources and curl lines within 80 columns and without colours', async () => {
    const { lines } = await demo('none')
    const printed = lines.filter((line) => !line.includes('curl'))
    expect(printed.filter((line) => line.length > 80)).toEqual([])
    expect(printed.join('\n')).toMatch(/\[1\] pump-warranty\.md +│ \[1\] device-warranty\.md/)
    expect(lines.join('\n')).toMatch(/curl -s http:\S+\/query -H 'X-API-Key: acme-demo-key'/)
    expect(lines.join('\n')).not.toContain('\u001b')
  })

  it('colours its marks on a terminal', async () => {
    const { lines } = await demo('none', 120)
    expect(lines.join('\n')).toContain('\u001b[32m✓\u001b[39m a wrong key gets 401')
  })

  it('leaves no file behind', async () => {
    await demo('none')
    expect(await readdir(folder)).toEqual([])
  })

  it('fails when the server does not start', async () => {
    const startServer = () => Promise.reject(new Error('no port'))
    const options = { startServer, exit: true, out: { write: () => {} } }
    await expect(runDemo(options)).rejects.toThrow('no port')
    expect(await readdir(folder)).toEqual([])
  })
})
