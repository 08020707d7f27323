import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { failInCi } from '../needing.ts'

const TESTS = fileURLToPath(new URL('../', import.meta.url))
/** The one place that leaves a test out, and only where no CI runs. */
const HELPER = 'needing.ts'
const LEAVES_OUT = [
  /\b(?:it|test|describe|bench|suite)(?:\.\w+)*\.(?:skip|skipIf|runIf|todo|only|fails)\b/,
  /\b(?:x|f)(?:it|test|describe)\(/,
  /\.skip\(/,
]

async function sources(): Promise<string[]> {
  const entries = await readdir(TESTS, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(TESTS.length))
}

describe('tests', () => {
  it('are left out nowhere but where CI fails instead', async () => {
    const found: string[] = []
    const files = await sources()
    expect(files.length).toBeGreaterThan(200)
    for (const file of files) {
      if (file === HELPER || file === 'house/left-out.test.ts') continue
      const lines = (await readFile(join(TESTS, file), 'utf8')).split('\n')
      found.push(
        ...lines
          .filter((line) => LEAVES_OUT.some((way) => way.test(line)))
          .map((l) => `${file}: ${l}`),
      )
    }
    expect(found).toEqual([])
  })

  it.each([
    "it.skip('a', body)",
    "it.skipIf(missing)('a', body)",
    "describe.concurrent.runIf(there)('a', body)",
    "it.todo('a')",
    "describe.only('a', body)",
    "xit('a', body)",
    "it('a', (context) => context.skip())",
  ])('that begin with %s would be found', (line) => {
    expect(LEAVES_OUT.some((way) => way.test(line))).toBe(true)
  })

  it('fail in CI without what they need, and say so elsewhere', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    vi.stubEnv('CI', 'true')
    expect(() => failInCi('a small disk')).toThrow('needs a small disk')
    vi.stubEnv('CI', '')
    failInCi('a small disk')
    expect(warn).toHaveBeenCalledOnce()
    vi.unstubAllEnvs()
    warn.mockRestore()
  })

  it('run in CI with everything they need, and the run fails when one was left out', async () => {
    const run = await readFile(join(TESTS, '../.ci/run'), 'utf8')
    for (const tool of ['strace', 'git', 'chromium']) {
      expect(run).toMatch(new RegExp(`for tool in .*\\b${tool}\\b`))
    }
    expect(run).toContain('export CI=true')
    expect(run).toMatch(/skipped=\$\(count skipped\)/)
  })
})
