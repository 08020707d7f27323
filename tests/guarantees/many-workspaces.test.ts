import { afterAll, expect, it } from 'vitest'
import { tempFolder } from '../server/temp-folder.ts'
import { askManyWorkspaces } from './many-workspaces.ts'

const folder = await tempFolder()
afterAll(() => folder.remove())

/** Database, its log twice, the index of its log, and the lock. */
const FILES_OF_AN_ENGINE = 5
/** Of a server without any workspace, roughly; the rest is what opens and closes just now. */
const OTHER_FILES = 60

it('serves 200 workspaces through a pool of 8, and finishes what waits in all of them', async () => {
  const pool = 8
  const report = await askManyWorkspaces(folder.path, {
    workspaces: 200,
    pool,
    requests: 300,
    pendingEach: 10,
  })
  expect(report.failures).toEqual([])
  for (const { openFiles } of report.samples) {
    expect(openFiles).toBeLessThan((pool + 2) * FILES_OF_AN_ENGINE + OTHER_FILES)
  }
}, 600_000)
