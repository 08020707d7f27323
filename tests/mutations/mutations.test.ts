import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { MUTATIONS } from './mutations.ts'
import { runMutations, type Verdict } from './run-mutations.ts'

const FEW = [
  'a lease is given back twice',
  'a workspace that is not held is served',
  'the end of the audit is not compared with its head',
]

it('fits the sources as they are', async () => {
  const names = MUTATIONS.map(({ name }) => name)
  expect(new Set(names).size).toBe(MUTATIONS.length)
  for (const { name, file, find } of MUTATIONS) {
    const source = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8')
    expect(source.split(find).length, name).toBe(2)
  }
})

it('catches protections that are taken away', async () => {
  const verdicts: Record<string, Verdict> = {}
  await runMutations(
    MUTATIONS.filter(({ name }) => FEW.includes(name)),
    (name, verdict) => {
      verdicts[name] = verdict
    },
  )
  expect(verdicts).toEqual(Object.fromEntries(FEW.map((name) => [name, 'caught'])))
}, 600_000)
