import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { AuditChain, parseAuditLine } from '../../src/tenancy/audit/audit-chain.ts'
import { openOffline, pathsIn, soundWorkspace } from '../stores/sound-workspace.ts'
import { install } from './workspace-run.ts'

describe('the workspace commands', () => {
  it('list what there is, by state', async () => {
    const { root, run } = await install()
    expect(await run('list')).toEqual({ out: 'There are no workspaces.', code: 0 })
    await soundWorkspace(root, 'one')
    const open = await openOffline(await soundWorkspace(root, 'two'))
    await mkdir(pathsIn(root, 'three').dir, { recursive: true })
    await writeFile(join(pathsIn(root, 'three').dir, 'rag.db'), 'no database at all'.repeat(300))
    await soundWorkspace(root, 'newer')
    const database = new Database(join(pathsIn(root, 'newer').dir, 'rag.db'))
    database.pragma('user_version = 900')
    database.close()
    const { out } = await run('list')
    const lines = out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))
    expect(lines).toEqual([
      ['newer', 'newer', '0 documents'],
      ['one', 'idle', '4 documents'],
      ['three', 'damaged', '0 documents'],
      ['two', 'in use', '4 documents'],
    ])
    const listed = JSON.parse((await run('list', '--json')).out)
    expect(listed[1]).toMatchObject({
      name: 'one',
      state: 'idle',
      documents: { processed: 4, pending: 0, failed: 0 },
      embedding: { id: 'offline-embedding:1', dimension: 384 },
    })
    expect(listed[1].bytes).toBeGreaterThan(50_000)
    await open.close()
    expect((await run('list')).out).toMatch(/two +idle/)
  })

  it('verify one workspace or all, and tell by the exit code', async () => {
    const { root, run } = await install()
    await soundWorkspace(root, 'one')
    const two = await soundWorkspace(root, 'two')
    expect(await run('verify', '--all')).toEqual({ out: 'one: whole\ntwo: whole', code: 0 })
    const database = new Database(join(two.dir, 'rag.db'))
    database.exec('DELETE FROM chunk_vectors')
    database.close()
    const { out, code } = await run('verify', '--all')
    expect(code).toBe(1)
    expect(out).toMatch(
      /^one: whole\ntwo: 1 problem\(s\)\n {2}problem +vectors: 4 chunks have no vector/,
    )
    expect((await run('verify', 'one')).code).toBe(0)
    const open = await openOffline(pathsIn(root, 'one'))
    expect((await run('verify', 'one')).out).toMatch(/^one: whole \(in use/)
    await open.close()
    await expect(run('verify')).rejects.toThrow(/--all/)
    await expect(run('verify', 'one', '--all')).rejects.toThrow(/--all/)
  })

  it('export a workspace that is in use, and import it under its name or another', async () => {
    const { root, run } = await install()
    const open = await openOffline(await soundWorkspace(root, 'one'))
    const file = join(root, 'one.export')
    expect((await run('export', 'one', file)).out).toMatch(/^4 documents and 1 files: /)
    await open.close()
    await expect(run('import', file)).rejects.toThrow(/a workspace "one" already/)
    await expect(run('import', file, 'ONE')).rejects.toThrow(/a workspace "one" already/)
    expect((await run('import', file, 'two')).out).toMatch(/^Workspace "two" has 4 documents/)
    expect(await run('verify', '--all')).toEqual({ out: 'one: whole\ntwo: whole', code: 0 })
    expect(await readdir(pathsIn(root, 'two').uploadFolder)).toEqual(
      await readdir(pathsIn(root, 'one').uploadFolder),
    )
    expect(await readdir(join(root, 'rag_storage', '_incoming'))).toEqual([])
    await run('delete', 'one', '--yes')
    await run('import', file)
    expect((await run('list')).out.split('\n')).toHaveLength(2)
  })

  it('refuse an import with problems unless they are accepted, and leave nothing behind', async () => {
    const { root, run } = await install()
    const one = await soundWorkspace(root, 'one')
    const database = new Database(join(one.dir, 'rag.db'))
    database.exec('DELETE FROM chunk_vectors WHERE label = 1')
    database.close()
    const file = join(root, 'one.export')
    await run('export', 'one', file)
    await expect(run('import', file, 'two')).rejects.toThrow(/--accept-problems/)
    await writeFile(join(root, 'text.txt'), 'x'.repeat(9999))
    await expect(run('import', join(root, 'text.txt'), 'two')).rejects.toThrow(/cannot be imported/)
    await expect(run('import', join(root, 'none'), 'two')).rejects.toThrow(/There is no file/)
    expect(existsSync(pathsIn(root, 'two').dir)).toBe(false)
    expect(existsSync(pathsIn(root, 'two').uploadFolder)).toBe(false)
    expect(await readdir(join(root, 'rag_storage', '_incoming'))).toEqual([])
    await run('import', file, 'two', '--accept-problems')
    expect((await run('verify', 'two')).code).toBe(1)
  })

  it('delete only with --yes, uploads too, but not what people put beside them', async () => {
    const { root, run } = await install()
    const one = await soundWorkspace(root, 'one')
    const two = await soundWorkspace(root, 'two')
    await writeFile(join(two.inputDir, 'to-scan.txt'), 'mine')
    const asked = await run('delete', 'one')
    expect(asked).toMatchObject({ code: 1, out: expect.stringMatching(/4 documents[\s\S]*--yes/) })
    expect((await run('verify', 'one')).code).toBe(0)
    expect(await run('delete', 'one', '--yes')).toMatchObject({ code: 0 })
    expect(existsSync(one.dir)).toBe(false)
    expect(existsSync(one.inputDir)).toBe(false)
    await run('delete', 'two', '--yes')
    expect(await readdir(two.inputDir)).toEqual(['to-scan.txt'])
    expect(await readdir(join(root, 'rag_storage', '_trash'))).toEqual([])
    await expect(run('delete', 'one', '--yes')).rejects.toThrow(/There is no workspace "one"/)
  })

  it('finish a deletion without touching what has the name since', async () => {
    const { root, run } = await install()
    const { uploadFolder } = await soundWorkspace(root, 'one')
    const old = join(uploadFolder, 'old.txt')
    await writeFile(old, 'of the deleted one')
    const yesterday = Date.now() - 86_400_000
    await utimes(old, yesterday / 1000, yesterday / 1000)
    const trash = join(root, 'rag_storage', '_trash')
    await mkdir(join(trash, `one.${Date.now() - 3_600_000}`), { recursive: true })
    expect((await run('list')).out).toMatch(/deletion of one is unfinished/)
    const { out, code } = await run('delete', 'one', '--yes')
    expect(code).toBe(1)
    expect(out).toMatch(/earlier deletion of "one" is finished[\s\S]*There is a new workspace/)
    expect(existsSync(old)).toBe(false)
    expect(await readdir(trash)).toEqual([])
    expect(await run('verify', 'one')).toEqual({ out: 'one: whole', code: 0 })
    expect(await run('delete', 'one', '--yes')).toMatchObject({ code: 0 })
    expect((await run('list')).out).toBe('There are no workspaces.')
  })

  it('reindex with the configured embedding, and say so when there is nothing to do', async () => {
    const { root, run } = await install()
    const one = await soundWorkspace(root, 'one')
    expect((await run('reindex', 'one')).out).toMatch(/^Nothing to do/)
    const database = new Database(join(one.dir, 'rag.db'))
    database.exec(`UPDATE workspace SET embedding_id = 'other:model'`)
    database.close()
    const { out } = await run('reindex', 'one')
    expect(out).toMatch(
      /chunks: 0 of 4\nchunks: 4 of 4\n[\s\S]*vectors were made\. "one" has those of/,
    )
    expect(await run('verify', 'one')).toEqual({ out: 'one: whole', code: 0 })
  })

  it('refuse, in one sentence, a workspace that somebody has open', async () => {
    const { root, run } = await install()
    const open = await openOffline(await soundWorkspace(root, 'one'))
    for (const words of [
      ['reindex', 'one', '--force'],
      ['delete', 'one', '--yes'],
    ]) {
      await expect(run(...words)).rejects.toThrow(
        /^The workspace "one" is in use by another process/,
      )
    }
    await open.close()
    expect((await run('verify', 'one')).code).toBe(0)
  })

  it('refuse names that are no names', async () => {
    const { run } = await install()
    for (const name of ['../one', 'a/b', '.hidden', '_control', 'a b', '', 'con']) {
      for (const words of [
        ['verify', name],
        ['export', name, 'x'],
        ['delete', name, '--yes'],
        ['reindex', name],
      ]) {
        await expect(run(...words), words.join(' ')).rejects.toThrow(/is no name of a workspace/)
      }
    }
    await expect(run('export', 'nobody', 'x')).rejects.toThrow(/There is no workspace "nobody"/)
  })

  it('leave their acts in the audit, with opaque names', async () => {
    const { root, run } = await install()
    await soundWorkspace(root, 'one')
    await run('export', 'one', join(root, 'x'))
    await run('delete', 'one', '--yes')
    const text = await readFile(join(root, 'rag_storage', '_control', 'audit.log'), 'utf8')
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => parseAuditLine(line))
    const workspace = new AuditChain(join(root, 'rag_storage')).id('workspace', 'one')
    expect(lines).toMatchObject([
      { event: 'workspace_exported', workspace },
      { event: 'workspace_deleted', workspace },
    ])
  })
})
