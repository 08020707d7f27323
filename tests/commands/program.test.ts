import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const PACKAGE = new URL('../../package.json', import.meta.url)

describe('the program', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenantrag-program-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const run = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    new Promise<{ code: number | string; out: string; err: string }>((resolve) => {
      const options = { cwd: folder, env: { PATH: process.env.PATH, ...env }, timeout: 60_000 }
      const cli = process.env.TENANTRAG_TEST_CLI ?? ''
      execFile(process.execPath, [cli, ...words], options, (error, out, err) => {
        resolve({ code: error?.code ?? 0, out, err })
      })
    })

  it('tells its version', async () => {
    const { version } = JSON.parse(await readFile(PACKAGE, 'utf8'))
    for (const option of ['--version', '-V']) {
      const { code, out } = await run([option])
      expect([code, out.split(' ')[0]]).toEqual([0, version])
      expect(out).toMatch(/LightRAG/)
    }
  })

  it.each([
    [['doctr'], 'doctr', 'doctor'],
    [['sevre'], 'sevre', 'serve'],
    [['workspace', 'lst'], 'lst', 'list'],
    [['operator', 'ad', 'root'], 'ad', 'add'],
    [['user', 'rotate', 'ann'], 'rotate', undefined],
    [['frobnicate'], 'frobnicate', undefined],
  ])(
    'names a command that there is not, and the nearest that there is: %j',
    async (words, unknown, nearest) => {
      const { code, out, err } = await run(words)
      expect([code, out]).toEqual([2, ''])
      expect(err).toContain(`unknown command '${unknown}'`)
      if (nearest !== undefined) expect(err).toContain(`Did you mean ${nearest}?`)
      expect(err).toContain('--help')
    },
  )

  it('ends with 2 when an option or a name is missing or not known', async () => {
    for (const words of [
      ['--prot', '1'],
      ['workspace', 'export', 'acme'],
      ['doctor', '--all'],
    ]) {
      expect(await run(words)).toMatchObject({ code: 2 })
    }
    expect(await run(['workspace', '--help'])).toMatchObject({ code: 0 })
  })

  it('ends with 78 when its configuration is refused, so that nothing restarts it in vain', async () => {
    const { code, err } = await run([], { PORT: 'a word' })
    expect([code, err]).toEqual([78, expect.stringContaining('PORT')])
    expect((await run(['workspace', 'list'], { PORT: 'a word' })).code).toBe(78)
  })
})
