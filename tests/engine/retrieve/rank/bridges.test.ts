import { describe, expect, it } from 'vitest'
import type { ChunkStatement } from '../../../../src/engine/ports/searches.ts'
import { bridgesOf } from '../../../../src/engine/retrieve/rank/bridges.ts'
import { nameKey } from '../../../../src/engine/text/name-key.ts'

const FILM = 1
const [DIRECTOR, ACTOR, TOWN] = [10, 11, 12]
const SAID: ChunkStatement[] = [
  { chunk: FILM, entity: DIRECTOR, description: 'Weir Song was directed by Mirela Vant.' },
  { chunk: FILM, entity: ACTOR, description: 'Its leading part is played by Jan Berg.' },
  { chunk: FILM, entity: TOWN, description: 'It was shot in a mill near Orrin.' },
  {
    chunk: FILM,
    entity: TOWN,
    description: 'The mill was played by a barn, directed to the west.',
  },
]

async function strengths(question: string, names: string[]): Promise<number[]> {
  const asked: number[][] = []
  const searches = {
    saidInChunks: async (chunks: readonly number[]) => {
      asked.push([...chunks])
      return SAID.filter(({ chunk }) => chunks.includes(chunk))
    },
  }
  const named = names.map((name, key) => ({ key, nameKey: nameKey(name), spread: 1 }))
  const bridges = await bridgesOf(searches, question, named, [FILM])
  expect(asked.length).toBeLessThanOrEqual(1)
  return [DIRECTOR, ACTOR, TOWN].map((entity) => bridges.get(FILM)?.get(entity) ?? 1)
}

describe('the bridges of a passage', () => {
  it('are as strong as what it says of them answers to the question', async () => {
    const [director = 0, actor = 0] = await strengths('Who directed Weir Song?', ['Weir Song'])
    expect(director).toBe(4)
    expect(actor).toBe(1)
  })

  it('are not strong for the names that the question gives', async () => {
    expect(await strengths('What is Weir Song?', ['Weir Song'])).toEqual([1, 1, 1])
  })

  it('take the best of what is said of a name', async () => {
    const [, , town] = await strengths('directed mill barn', [])
    expect(town).toBe(4)
  })
})
