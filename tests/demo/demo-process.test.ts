import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

// Each compiles the program on the way; a busy machine takes its time for that.
vi.setConfig({ testTimeout: 300_000 })

describe('the demo as a process, over the real server', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-process-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  // tsx keeps its own cache in the same place.
  const leftovers = async () =>
    (await readdir(folder)).filter((name) => name.startsWith('tenantrag-'))

  function start(...args: string[]) {
    return spawn(process.execPath, ['--import', import.meta.resolve('tsx'), CLI, 'demo', ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, TMPDIR: folder },
    })
  }

  it('shows that every check holds and ends with status 0', async () => {
    const child = start('--exit')
    const [output, errors] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ])
    expect(output.split('\n').filter((line) => line.includes('✗'))).toEqual([])
    expect(output).toContain('16 of 16 checks hold')
    expect(errors).toBe('')
    expect(child.exitCode).toBe(0)
    expect(await leftovers()).toEqual([])
  })

  it('serves until it is interrupted, then removes its folder', async () => {
    const child = start()
    let output = ''
    for await (const part of child.stdout.setEncoding('utf8')) {
      output += part
      if (output.includes('Serving on ') && !child.killed) child.kill('SIGINT')
    }
    if (child.exitCode === null) await once(child, 'close')
    expect(output).toContain('16 of 16 checks hold')
    expect(child.exitCode).toBe(0)
    expect(await leftovers()).toEqual([])
  })
})
