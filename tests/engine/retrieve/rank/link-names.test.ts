import { describe, expect, it } from 'vitest'
import type { NamedEntity } from '../../../../src/engine/ports/searches.ts'
import { linkNames } from '../../../../src/engine/retrieve/rank/link-names.ts'
import { nameKey } from '../../../../src/engine/text/name-key.ts'

/** An index of these names; keys count from 1. */
function indexOf(...names: string[]) {
  const entities: NamedEntity[] = names.map((name, at) => ({
    key: at + 1,
    nameKey: nameKey(name),
    spread: 1,
  }))
  return {
    entitiesByNameKey: async (keys: readonly string[]) =>
      entities.filter((entity) => keys.includes(entity.nameKey)),
    // As a stemming index does: "nets" finds "net".
    entitiesWithWords: async (words: readonly string[], limit: number) =>
      entities
        .filter(({ nameKey: key }) =>
          words.every((word) => key.split(' ').some((own) => own === word || `${own}s` === word)),
        )
        .slice(0, limit),
  }
}

async function linked(names: string[], question: string, mentions: string[] = []) {
  const found = await linkNames(indexOf(...names), question, mentions)
  return found.map(({ nameKey: key, weight }) => `${key} ${weight}`)
}

describe('linkNames', () => {
  it('finds names in small letters, without accents and articles', async () => {
    expect(await linked(['The Café Orrin'], 'who runs cafe orrin?')).toEqual(['cafe orrin 1'])
  })

  it('takes the longest name, and its words for no other', async () => {
    const names = ['Bank', 'West', 'Bank of the West']
    expect(await linked(names, 'When was the Bank of the West founded?')).toEqual([
      'bank of the west 1',
    ])
  })

  it('finds the possessive, the plural and the joined spelling of a name', async () => {
    const names = ['Ines Tollan', 'Falcon']
    expect(await linked(names, "Is InesTollan's report about Falcons?")).toEqual([
      'ines tollan 1',
      'falcon 1',
    ])
  })

  it('takes part of a name for each of the few that it may mean', async () => {
    expect(await linked(['Ines Tollan', 'Jan Tollan'], 'Who is Tollan?', ['Tollan'])).toEqual([
      'ines tollan 0.5',
      'jan tollan 0.5',
    ])
  })

  it('takes part of too many names for none of them', async () => {
    const many = ['Ann', 'Bo', 'Cy', 'Di', 'Ed', 'Flo'].map((first) => `${first} Tollan`)
    expect(await linked(many, 'Who is Tollan?', ['Tollan'])).toEqual([])
  })

  it('does not take one word for another of the same stem', async () => {
    expect(await linked(['Net Income'], 'Where did the Nets play?', ['Nets'])).toEqual([])
  })

  it('looks for no part of a name by a word in small letters', async () => {
    expect(await linked(['Harbour Lights'], 'what lights are there?', ['lights'])).toEqual([])
  })

  it('takes words in small letters for names only where there are no others', async () => {
    const names = ['Weir Song', 'River', 'Singer']
    expect(await linked(names, 'Which river does the singer of Weir Song cross?')).toEqual([
      'weir song 1',
    ])
    expect(await linked(names, 'which river does the singer cross?')).toEqual([
      'river 1',
      'singer 1',
    ])
  })

  it('takes the capital of a first word for that of the sentence unless it is a mention', async () => {
    const names = ['River', 'Singer']
    expect(await linked(names, 'River of the singer')).toEqual(['river 1', 'singer 1'])
    expect(await linked(names, 'River of the singer', ['River'])).toEqual(['river 1'])
  })

  it('shares the weight of a name that two entities bear', async () => {
    expect(await linked(['Orrin', 'orrin (film)'], 'Where is Orrin?')).toEqual([
      'orrin 0.5',
      'orrin 0.5',
    ])
  })

  it('finds a mention within a run of a script without spaces', async () => {
    expect(await linked(['東京タワー'], '東京タワーはいつ完成したか', ['東京タワー'])).toEqual([
      `${nameKey('東京タワー')} 1`,
    ])
  })

  it('finds nothing in a question of grammar words', async () => {
    expect(await linked(['It'], 'what is it?')).toEqual([])
  })
})
