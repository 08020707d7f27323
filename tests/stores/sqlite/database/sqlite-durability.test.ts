import { existsSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Connection } from '../../../../src/stores/sqlite/database/connection.ts'
import { openDatabase } from '../../../../src/stores/sqlite/database/open-database.ts'
import { needing } from '../../../needing.ts'
import { runChild } from '../../run-child.ts'

const STRACE = '/usr/bin/strace'

describe('durability', () => {
  it('is full synchronisation, before, after and in spite of relaxed work', async () => {
    const connection = new Connection(openDatabase(await newFolder()))
    const mode = () => connection.pragma('synchronous')
    expect(mode()).toBe(2)
    expect(connection.relaxed(mode)).toBe(1)
    expect(mode()).toBe(2)
    expect(() =>
      connection.relaxed(() => {
        throw new Error('broken')
      }),
    ).toThrow('broken')
    expect(mode()).toBe(2)
    expect(connection.durably(mode)).toBe(2)
    connection.close()
  })

  needing('strace', existsSync(STRACE))('syncs the log before it answers an enqueue', async () => {
    const dir = await newFolder()
    const trace = join(dir, 'trace')
    const calls = 'trace=openat,pwrite64,write,fsync,fdatasync'
    const child = runChild(
      new URL('./sync-child.ts', import.meta.url),
      [dir],
      [STRACE, '-f', '-y', '-e', calls, '-o', trace],
    )
    await child.line('answered')
    await child.ended
    const lines = (await readFile(trace, 'utf8')).split('\n')
    const at = (text: string) => lines.findIndex((line) => line.includes(text))
    const between = lines.slice(at('"asked'), at('"answered'))
    const written = between.findLastIndex((line) => /pwrite64\(.*rag\.db-wal/.test(line))
    const synced = between.findIndex(
      (line, index) => index > written && /f(data)?sync\(.*rag\.db-wal/.test(line),
    )
    expect(written).toBeGreaterThan(0)
    expect(synced).toBeGreaterThan(written)
    // Whoever syncs is a thread that holds nobody, and it has ended before the answer.
    const thread = (line: string | undefined) => line?.split(' ')[0]
    expect(thread(between[synced])).not.toBe(thread(between[0]))
    const ended = between
      .slice(synced)
      .find((line) => thread(line) === thread(between[synced]) && line.endsWith(' = 0'))
    expect(ended).toMatch(/f(data)?sync/)
  })
})

function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'sqlite-durability-'))
}
