import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dot, vectorBytes } from '../../../../src/vectors/kernel/vector-values.ts'
import { tempFolder } from '../../../server/temp-folder.ts'
import { randomVector, seeded, Vectors } from '../../vector-harness.ts'

/** More than some pages of rows. */
const MANY = 300

describe('the vectors of a table', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  beforeEach(async () => {
    folder = await tempFolder()
  })
  afterEach(async () => {
    await folder.remove()
  })

  // The kernel takes the first length, and not the second.
  for (const dimension of [16, 20]) {
    const random = seeded(dimension)
    const some = (count: number) =>
      Array.from({ length: count }, () => randomVector(random, dimension))
    const open = () => new Vectors({ dir: folder.path, dimension, crossOver: 100_000 })

    it(`are read as they are, ${dimension} values each, without what is dead or staged`, async () => {
      const before = await open().load()
      const vectorIds = before.publish(some(MANY))
      before.publish(some(100), vectorIds.slice(50, 150))
      before.table.stage((vectorIds.at(-1) ?? 0) + 10_000, randomVector(random, dimension))
      await before.close()
      const after = await open().load()
      for (let round = 0; round < 5; round++) {
        const query = randomVector(random, dimension)
        const found = await after.search(query, 2 * MANY)
        // Two that are nearly as near may change places.
        expect(found.toSorted()).toEqual(after.exact(query, 2 * MANY).toSorted())
        expect(await after.search(query, 10)).toEqual(after.exact(query, 10))
      }
      await after.close()
    })

    it(`are read without those that are damaged, ${dimension} values each`, async () => {
      const before = await open().load()
      const given = some(MANY)
      const vectorIds = before.publish(given)
      await before.close()
      const sound = randomVector(random, dimension)
      const damaged = [
        vectorBytes(sound.with(3, Number.NaN)),
        vectorBytes(sound.with(dimension - 1, -Infinity)),
        vectorBytes(sound).subarray(1),
        vectorBytes(sound.subarray(0, dimension - 1)),
        new Uint8Array(),
        'ä'.repeat(4 * dimension),
      ]
      const after = open()
      const lost = vectorIds.slice(62, 62 + damaged.length)
      for (const [i, bytes] of damaged.entries()) {
        after.connection.run(
          'UPDATE chunk_vectors SET vector = ? WHERE label = ?',
          bytes,
          lost[i] ?? 0,
        )
      }
      await after.load()
      const found = await after.search(sound, 2 * MANY)
      const wanted = vectorIds
        .map((vectorId, i) => ({ vectorId, score: dot(sound, given[i] ?? sound) }))
        .filter(({ vectorId }) => !lost.includes(vectorId))
        .sort((a, b) => b.score - a.score)
        .map(({ vectorId }) => vectorId)
      expect(found.toSorted()).toEqual(wanted.toSorted())
      expect(found.slice(0, 10)).toEqual(wanted.slice(0, 10))
      await after.close()
    })
  }
})
