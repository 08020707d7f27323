import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { AuditChain } from '../../../src/tenancy/audit/audit-chain.ts'
import { AuditLog, type AuditLogOptions } from '../../../src/tenancy/audit/audit-log.ts'
import { verifyAudit } from '../../../src/tenancy/audit/audit-verify.ts'
import { temporaryFolder } from '../fixtures.ts'

async function startLog(more: Partial<AuditLogOptions> & { root?: string } = {}) {
  const root = more.root ?? (await temporaryFolder())
  const chain = new AuditChain(root)
  const errors: unknown[] = []
  const log = new AuditLog({ root, chain, onError: (error) => errors.push(error), ...more })
  onTestFinished(() => log.close())
  const path = join(root, '_control', 'audit.log')
  const lines = async () => (await readFile(path, 'utf8')).trimEnd().split('\n')
  return { root, chain, log, errors, path, lines, verify: () => verifyAudit(root, chain) }
}

async function filled(count: number) {
  const started = await startLog()
  for (let i = 0; i < count; i += 1) started.log.record({ event: 'sign_in', round: i })
  await started.log.flush()
  return started
}

describe('the audit log', () => {
  it('keeps lines in the order in which they were recorded', async () => {
    const { lines, verify } = await filled(30)
    const events = (await lines()).map((line) => JSON.parse(line))
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    expect(events.map(({ round }) => round)).toEqual(Array.from({ length: 30 }, (_, i) => i))
    expect(await verify()).toMatchObject({ lines: 30, problems: [], last: { seq: 30 } })
  })

  it('returns from recording before anything is written', async () => {
    const { log } = await startLog()
    log.record({ event: 'sign_in' })
    expect(log.stats()).toEqual({ written: 0, waiting: 1, lost: 0 })
    await log.flush()
    expect(log.stats()).toEqual({ written: 1, waiting: 0, lost: 0 })
  })

  it('goes on with the chain after a restart', async () => {
    const { root, log } = await filled(3)
    await log.close()
    const again = await startLog({ root })
    again.log.record({ event: 'sign_in' })
    await again.log.flush()
    expect(await again.verify()).toMatchObject({ lines: 4, problems: [] })
  })

  it('is one chain when two processes write it', async () => {
    const one = await startLog()
    const other = await startLog({ root: one.root })
    for (let i = 0; i < 20; i += 1) {
      one.log.record({ event: 'one' })
      other.log.record({ event: 'other' })
      if (i % 5 === 0) await Promise.race([one.log.flush(), other.log.flush()])
    }
    await Promise.all([one.log.flush(), other.log.flush()])
    expect(await one.verify()).toMatchObject({ lines: 40, problems: [] })
  })

  it('sets a full file aside and drops the oldest beyond the number kept', async () => {
    const { root, log, verify } = await startLog({ maxBytes: 500, keepFiles: 2 })
    for (let i = 0; i < 12; i += 1) {
      log.record({ event: 'sign_in', round: i, note: 'x'.repeat(200) })
      await log.flush()
    }
    const names = await readdir(join(root, '_control'))
    expect(names.filter((name) => /^audit\.\d+\.log$/.test(name))).toHaveLength(2)
    expect((await verify()).problems).toEqual([])
    expect((await verify()).last.seq).toBe(12)
  })

  it('repairs a line that a crash left unfinished, and says so', async () => {
    const { root, log, path } = await filled(3)
    await log.close()
    await appendFile(path, '{"seq":4,"time":"2026')
    const again = await startLog({ root })
    again.log.record({ event: 'sign_in' })
    await again.log.flush()
    expect(await again.verify()).toMatchObject({ lines: 5, problems: [] })
    expect(await again.lines()).toContainEqual(expect.stringContaining('audit_repaired'))
  })

  it('takes up lines that were written before a crash kept their head', async () => {
    const { root, log } = await filled(2)
    const head = join(root, '_control', 'audit.head')
    const old = await readFile(head, 'utf8')
    log.record({ event: 'sign_in' })
    await log.close()
    await writeFile(head, old)
    const again = await startLog({ root })
    again.log.record({ event: 'sign_in' })
    await again.log.flush()
    expect(await again.verify()).toMatchObject({ lines: 4, problems: [] })
  })

  it('keeps lines that cannot be written, and writes them later', async () => {
    const { log, errors, verify, path } = await startLog()
    const { mkdir, rmdir } = await import('node:fs/promises')
    await mkdir(path)
    log.record({ event: 'sign_in' })
    while (errors.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await rmdir(path)
    await log.flush()
    expect(await verify()).toMatchObject({ lines: 1, problems: [] })
  })
})

describe('verifying the audit log', () => {
  const damages: [string, (lines: string[]) => string[], RegExp][] = [
    ['a line is missing', (lines) => lines.toSpliced(4, 1), /line 6 comes after line 4/],
    [
      'a line is altered',
      (lines) => lines.with(4, lines[4]!.replace('sign_in', 'sign_on')),
      /:5: /,
    ],
    ['a field hides', (lines) => lines.with(4, lines[4]!.replace('{', '{"event":"x",')), /:5: /],
    ['two lines change places', (lines) => lines.with(4, lines[5]!).with(5, lines[4]!), /line 6 /],
    [
      'a line is repeated',
      (lines) => lines.toSpliced(4, 0, lines[4]!),
      /line 5 comes after line 5/,
    ],
    ['the first line is missing', (lines) => lines.slice(1), /line 2 comes after line 0/],
    ['the last line is missing', (lines) => lines.slice(0, -1), /ends with line 9; line 10/],
    ['all lines are missing', () => [], /ends with line 0; line 10/],
  ]
  it.each(damages)('finds that %s', async (_what, damage, problem) => {
    const { path, lines, verify } = await filled(10)
    await writeFile(
      path,
      damage(await lines())
        .map((line) => `${line}\n`)
        .join(''),
    )
    expect((await verify()).problems).toContainEqual(expect.stringMatching(problem))
  })

  it('finds that a set-aside file is missing', async () => {
    const { root, log, verify } = await startLog({ maxBytes: 300 })
    for (let i = 0; i < 6; i += 1) {
      log.record({ event: 'sign_in', note: 'x'.repeat(200) })
      await log.flush()
    }
    const { rm } = await import('node:fs/promises')
    await rm(join(root, '_control', 'audit.000000000002.log'))
    expect((await verify()).problems).toContainEqual(
      expect.stringMatching(/line 3 comes after line 1/),
    )
  })

  it('finds an end that was cut off while the server ran, also after it wrote on', async () => {
    const { path, lines, log, verify } = await filled(5)
    await writeFile(path, `${(await lines()).slice(0, 3).join('\n')}\n`)
    log.record({ event: 'sign_in' })
    await log.flush()
    expect((await verify()).problems.join()).toMatch(/line 6 comes after line 3/)
    expect((await lines()).join()).toContain('audit_damaged')
  })

  it('finds a head that was altered or taken away', async () => {
    const { root, verify } = await filled(5)
    const head = join(root, '_control', 'audit.head')
    await writeFile(head, (await readFile(head, 'utf8')).replace('"seq":5', '"seq":4'))
    expect((await verify()).problems).toEqual([expect.stringMatching(/audit\.head: was altered/)])
    const { rm } = await import('node:fs/promises')
    await rm(head)
    expect((await verify()).problems).toEqual([expect.stringMatching(/audit\.head is missing/)])
  })

  it('finds lines of somebody who has not the key', async () => {
    const { path, lines, verify } = await filled(2)
    const forged = JSON.parse((await lines())[1]!)
    await appendFile(path, `${JSON.stringify({ ...forged, seq: 3 })}\n`)
    expect((await verify()).problems).toEqual([expect.stringMatching(/line 3 was altered/)])
  })
})

it('stands for names by ids that are the same for the same name and say nothing of it', async () => {
  const one = new AuditChain(await temporaryFolder())
  const other = new AuditChain(await temporaryFolder())
  expect(one.id('user', 'Ann')).toBe(one.id('user', 'ann'))
  expect(one.id('user', 'ann')).toMatch(/^u-[\w-]{16}$/)
  expect(one.id('workspace', 'ann').slice(2)).not.toBe(one.id('user', 'ann').slice(2))
  expect(one.id('user', 'ann')).not.toBe(other.id('user', 'ann'))
})
