import { expect, it } from 'vitest'
import { ReadingTurns } from '../../../src/formats/reader/reading-turns.ts'

/** Jobs that end when they are told to, and the order in which they began. */
function stage(places: number) {
  const turns = new ReadingTurns(places)
  const began: string[] = []
  const ends = new Map<string, () => void>()
  const ask = (workspace: string, name: string, signal?: AbortSignal) =>
    turns.run(workspace, signal, () => {
      began.push(name)
      return new Promise<void>((resolve) => ends.set(name, resolve))
    })
  const end = async (name: string) => {
    ends.get(name)?.()
    await settled()
  }
  return { ask, began, end }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

it('serves workspaces by turns, and the files of each in their order', async () => {
  const { ask, began, end } = stage(1)
  for (const name of ['a1', 'a2', 'a3']) void ask('a', name)
  for (const name of ['b1', 'b2']) void ask('b', name)
  void ask('c', 'c1')
  for (const name of ['a1', 'b1', 'c1', 'a2', 'b2']) {
    await settled()
    expect(began.at(-1)).toBe(name)
    await end(name)
  }
  expect(began).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
})

it('leaves a place to others, however many files one workspace sends', async () => {
  const { ask, began, end } = stage(3)
  for (const name of ['a1', 'a2', 'a3', 'a4']) void ask('a', name)
  await settled()
  expect(began).toEqual(['a1', 'a2'])
  void ask('b', 'b1')
  await settled()
  expect(began).toEqual(['a1', 'a2', 'b1'])
  await end('a1')
  expect(began).toEqual(['a1', 'a2', 'b1', 'a3'])
})

it('forgets callers who give up while they wait, and gives on the place of those that fail', async () => {
  const { ask, began, end } = stage(1)
  const leaving = new AbortController()
  void ask('a', 'a1')
  const left = ask('b', 'b1', leaving.signal)
  const waits = ask('c', 'c1')
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  await end('a1')
  expect(began).toEqual(['a1', 'c1'])
  await end('c1')
  await waits
  const turns = new ReadingTurns(1)
  const failing = turns.run('a', undefined, () => Promise.reject(new Error('broken')))
  await expect(failing).rejects.toThrow('broken')
  expect(await turns.run('a', undefined, async () => 'served')).toBe('served')
})
