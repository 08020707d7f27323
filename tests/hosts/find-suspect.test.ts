import { writeFile } from 'node:fs/promises'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { findSuspect } from '../../src/hosts/find-suspect.ts'
import { LifeFiles, livesFolder } from '../../src/life/life-files.ts'
import { tempFolder } from '../server/temp-folder.ts'

const WORK = { workspace: 'one', stage: 'query', request: '7' }
const folder = await tempFolder()
const files = new LifeFiles(livesFolder(folder.path))
let life = 0
afterAll(() => folder.remove())

beforeEach(async () => {
  files.prepare()
  life += 1
  await writeFile(files.path(`${life}`, 'work'), JSON.stringify(WORK))
})

const suspect = (code: number | null, signal: NodeJS.Signals | null) =>
  findSuspect(files, `${life}`, { code, signal })

it.each(['SIGABRT', 'SIGSEGV', 'SIGTRAP', 'SIGBUS'] as const)(
  'a process that ends by %s did so by what held its loop',
  (signal) => expect(suspect(null, signal)).toMatchObject(WORK),
)

it('a process that ends by an error that nobody caught did so too', () => {
  expect(suspect(1, null)).toMatchObject(WORK)
})

it('a process that is killed from outside has no suspect, unless its guard left word', () => {
  expect(suspect(null, 'SIGTERM')).toBeNull()
  expect(suspect(null, 'SIGKILL')).toBeNull()
})

it('a process that its guard killed has the one that held its loop', () => {
  files.write(`${life}`, 'died', { fault: 'stalled' })
  expect(suspect(null, 'SIGKILL')).toMatchObject(WORK)
})
