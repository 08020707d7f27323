import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempFolder } from '../server/temp-folder.ts'
import { startHosted } from './hosted-server.ts'

it('opens the workspaces that a start names in their hosts, and no other', async () => {
  const folder = await tempFolder()
  const all = ['kept', 'early', 'other']
  const server = await startHosted(folder, all, { POOL_PINNED: 'kept', POOL_WARM: 'early' })
  try {
    const isOpened = (workspace: string) =>
      existsSync(join(folder.path, 'rag_storage', workspace, 'rag.db'))
    // Nobody has asked for them.
    await expect.poll(() => all.filter(isOpened)).toEqual(['kept', 'early'])
    expect(await server.stop()).toBe(0)
  } finally {
    await server.kill()
    await folder.remove()
  }
})
