import { describe, expect, it } from 'vitest'
import type { StoredChunk } from '../../../../src/engine/ports/stored-rows.ts'
import { SaidBefore } from '../../../../src/engine/retrieve/context/said-before.ts'

const passage = (content: string, key = 1): StoredChunk => ({
  key,
  id: `chunk-${key}`,
  documentId: `doc-${key}`,
  filePath: `${key}.txt`,
  ordinal: 0,
  content,
  tokens: content.length,
  start: 0,
  end: content.length,
  headings: [],
  page: null,
  outline: null,
})

/** Which of the passages say something, in their order. */
function news(...texts: string[]): boolean[] {
  const said = new SaidBefore()
  return texts.map((text, at) => said.isNew(passage(text, at)))
}

const RULES = [
  'A refund is paid within fourteen days after the parcel came back to the depot of Orrin.',
  'The depot looks at each parcel and writes down what it finds, with the name of who looked.',
  'Whoever sends a parcel back pays for the way, unless the parcel was broken when it came.',
  'A broken parcel is fetched by the carrier, and the refund is paid on the day of the fetching.',
  'Parcels that nobody fetches are kept for one year and given to the poor of the town then.',
]
const TEXT = RULES.join(' ')

describe('a passage that better passages have said', () => {
  it('is no news, in whatever lines, marks and capitals', () => {
    const other = `# ${RULES.join('\n\n- ')}`
      .replace('A refund', 'A REFUND')
      .replace('town', '*town*')
    expect(news(TEXT, TEXT, other)).toEqual([true, false, false])
  })

  it('is no news with a small sentence more that names nothing', () => {
    expect(news(TEXT, `${TEXT} See the other pages too.`)).toEqual([true, false])
  })

  it('is news with another figure or another name', () => {
    const figure = `${TEXT} It costs 12 crowns.`
    const name = `${TEXT} Ask for Mirela Vant.`
    expect(news(TEXT, figure, name)).toEqual([true, true, true])
    expect(news(TEXT, TEXT.replace('fourteen days', '20 days'))).toEqual([true, true])
    expect(news(TEXT, TEXT.replace('Orrin', 'Weir'))).toEqual([true, true])
  })

  it('is news in a script without capitals when a part of it is another', () => {
    const tower = `${'東京タワーは完成した。高さは高い。'.repeat(12)}`
    expect(news(tower, tower, `${tower}西の塔。`)).toEqual([true, false, true])
  })

  it('is news when it is one of them with more behind it', () => {
    expect(news(RULES.slice(0, 3).join(' '), TEXT)).toEqual([true, true])
  })

  it('is no news when several of them together say it', () => {
    const [first, second] = [RULES.slice(0, 2).join(' '), RULES.slice(2).join(' ')]
    expect(news(first, second, TEXT)).toEqual([true, true, false])
  })
})
