import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { ALL_MUTATIONS } from './all-mutations.ts'
import { runMutations, type Verdict } from './run-mutations.ts'

const FEW = [
  'the end of the audit is not compared with its head',
  'a stream that was left keeps its place',
  // Its test starts processes of the bundle, which is made from the copy.
  'F-36: a folder is marked as adopted',
]

it('fits the sources as they are', async () => {
  const names = ALL_MUTATIONS.map(({ name }) => name)
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  for (const { name, edits } of ALL_MUTATIONS) {
    for (const { file, find, replace } of edits) {
      const source = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8')
      expect([name, source.split(find).length - 1, find === replace]).toEqual([name, 1, false])
    }
  }
})

it('catches protections that are taken away', async () => {
  const verdicts: Record<string, Verdict> = {}
  await runMutations(
    ALL_MUTATIONS.filter(({ name }) => FEW.includes(name)),
    (name, verdict) => {
      verdicts[name] = verdict
    },
  )
  expect(verdicts).toEqual(Object.fromEntries(FEW.map((name) => [name, 'caught'])))
}, 600_000)
