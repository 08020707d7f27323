import { describe, expect, it } from 'vitest'
import type { Key } from '../../../../src/engine/ports/stored-rows.ts'
import {
  type ChunkPickMethod,
  pickChunks,
} from '../../../../src/engine/retrieve/context/pick-chunks.ts'

/** Chunk n is the nearer the greater n is, but those of `unknown` have no vector. */
function pick(
  items: readonly (readonly Key[])[],
  method: ChunkPickMethod,
  perItem = 5,
  unknown: readonly Key[] = [],
) {
  const chunkSimilarities = async (keys: readonly Key[]) =>
    Float32Array.from(keys, (key) => (unknown.includes(key) ? Number.NaN : key / 100))
  const vector = Promise.resolve(new Float32Array(1))
  return pickChunks({ chunkSimilarities }, items, { method, perItem, vector }).then((picked) => [
    ...picked,
  ])
}

const run = (length: number, first: number) => Array.from({ length }, (_, n) => n + first)

describe('the chunks of the entities and relations found', () => {
  it('are the nearest of all, half as many as the items may bring', async () => {
    expect(await pick([run(9, 1), run(9, 11)], 'vector')).toEqual([19, 18, 17, 16, 15])
    expect(await pick([[1], [], [2, 3]], 'vector', 3)).toEqual([3, 2, 1])
    expect(await pick([[4]], 'vector', 1)).toEqual([4])
    expect(await pick([[], []], 'vector')).toEqual([])
  })

  it('are by weight those of every item, more of the first', async () => {
    const picked = await pick([run(9, 1), run(9, 11), run(9, 21), run(9, 31)], 'weight')
    expect(picked).toEqual([...run(5, 1), ...run(4, 11), ...run(2, 21), ...run(1, 31)])
  })

  it('leave what an item does not use to the first that has more', async () => {
    expect(await pick([[1, 2], run(9, 11), run(9, 21)], 'weight')).toEqual([
      ...[1, 2],
      ...run(6, 11),
      ...run(1, 21),
    ])
    expect(await pick([run(9, 1)], 'weight')).toEqual(run(5, 1))
  })

  it('stand with the first item that has them, those of many items first', async () => {
    expect(await pick([run(6, 1), [6, 7]], 'weight', 2)).toEqual([6, 1, 7])
  })

  it('are picked by weight where a vector is missing', async () => {
    expect(await pick([run(9, 1)], 'vector', 2, [9])).toEqual([1, 2])
  })
})
