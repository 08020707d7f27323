import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runChild } from '../stores/run-child.ts'
import { pathsIn } from '../stores/sound-workspace.ts'

it('a scan that can open next to no file calls none unreadable', async () => {
  const root = await mkdtemp(join(tmpdir(), 'scarce-'))
  const { inputDir } = pathsIn(root, 'scarce')
  await mkdir(inputDir, { recursive: true })
  await writeFile(join(inputDir, 'found.txt'), 'Harbour Lane is long.')
  // As a hard limit: Node lifts the other one.
  const wrapper = ['sh', '-c', 'ulimit -n 1000 && exec "$@"', 'sh']
  const child = runChild(new URL('./scarce-files-child.ts', import.meta.url), [root], wrapper)
  await child.ended
  // How many files it takes to take one in is Node's affair; before, some number made it unreadable.
  expect(child.lines).toHaveLength(4)
  for (const line of child.lines) expect(line).toMatch(/ (failed: |completed: .*, 0 failed\.)/)
  expect(child.lines[0]).toMatch(/^0 failed: /)
  expect(child.lines[3]).toMatch(/^enough completed: .*, documents: 1$/)
})
