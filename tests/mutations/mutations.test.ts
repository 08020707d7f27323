import { existsSync } from 'node:fs'
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

it('adds no import that leads nowhere: a source that does not load shows nothing', () => {
  const lost: string[] = []
  for (const { name, edits } of ALL_MUTATIONS) {
    for (const { file, replace } of edits) {
      for (const [, path = ''] of replace.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
        const target = new URL(path, new URL(`../../${file}`, import.meta.url))
        if (!existsSync(target)) lost.push(`${name}: ${path}`)
      }
    }
  }
  expect(lost).toEqual([])
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
