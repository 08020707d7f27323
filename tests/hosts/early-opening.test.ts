import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RealProcess } from '../server/real-process.ts'
import { type TempFolder, tempFolder } from '../server/temp-folder.ts'
import { childrenOf, startHosted } from './hosted-server.ts'

const ALL = ['kept', 'early', 'other']
let folder: TempFolder
let server: RealProcess

beforeEach(async () => {
  folder = await tempFolder()
  server = await startHosted(folder, ALL, { POOL_PINNED: 'kept', POOL_WARM: 'early' })
})
afterEach(async () => {
  await server.kill()
  await folder.remove()
})

const databaseOf = (workspace: string) => join(folder.path, 'rag_storage', workspace, 'rag.db')

/** The hosts that have the database of a workspace open. */
function opened(workspace: string): number[] {
  return childrenOf(server.child.pid).filter((pid) => {
    try {
      const files = `/proc/${pid}/fd`
      return readdirSync(files).some((name) => linkOf(join(files, name)) === databaseOf(workspace))
    } catch {
      return false
    }
  })
}

/** Files are opened and closed meanwhile. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

describe('the workspaces that a start names', () => {
  it('are opened in their hosts, and no other is', async () => {
    // Nobody has asked for them.
    const made = () => ALL.filter((workspace) => existsSync(databaseOf(workspace)))
    await expect.poll(made).toEqual(['kept', 'early'])
    expect(await server.stop()).toBe(0)
  })

  it('are opened again after the end of their host where they are to stay open', async () => {
    const open = () => ALL.map((workspace) => opened(workspace).length)
    await expect.poll(open).toEqual([1, 1, 0])
    const [first] = opened('kept')
    for (const pid of childrenOf(server.child.pid)) process.kill(pid, 'SIGKILL')
    await expect.poll(() => opened('kept').filter((pid) => pid !== first)).toHaveLength(1)
    expect(open()).toEqual([1, 0, 0])
  })
})
