import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runChild } from '../stores/run-child.ts'
import { pathsIn } from '../stores/sound-workspace.ts'

it('a scan that can open a single file, where taking one in needs two, calls none unreadable', async () => {
  const root = await mkdtemp(join(tmpdir(), 'scarce-'))
  const { inputDir } = pathsIn(root, 'scarce')
  await mkdir(inputDir, { recursive: true })
  await writeFile(join(inputDir, 'found.txt'), 'Harbour Lane is long.')
  // As a hard limit: Node lifts the other one.
  const wrapper = ['sh', '-c', 'ulimit -n 200 && exec "$@"', 'sh']
  const child = runChild(new URL('./scarce-files-child.ts', import.meta.url), [root], wrapper)
  await child.ended
  expect(child.lines).toEqual([
    expect.stringMatching(
      /^scarce failed: .*The server has too many files open at the moment, documents: 0$/,
    ),
    expect.stringMatching(/^enough completed: 1 file\(s\) taken in, .*, documents: 1$/),
  ])
})
