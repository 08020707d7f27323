import { describe, expect, it } from 'vitest'
import { OfflineExtractor } from '../../../src/models/offline/offline-extractor.ts'

const extractor = new OfflineExtractor()

const extract = (text: string, title?: string) =>
  extractor.extract(
    { text, filePath: 'a.txt', headings: title === undefined ? [] : [title] },
    { lane: 'extract' },
  )

async function names(text: string, title?: string): Promise<string[]> {
  return (await extract(text, title)).entities.map(({ name }) => name)
}

async function pairs(text: string, title?: string): Promise<string[]> {
  const { relations } = await extract(text, title)
  return relations.map(({ source, target }) => [source, target].sort().join(' – '))
}

async function typeOf(name: string, text: string): Promise<string | undefined> {
  return (await extract(text)).entities.find((entity) => entity.name === name)?.type
}

describe('names', () => {
  it('are runs of capitals with the small words that join them', async () => {
    expect(await names('We met at the Bank of Barrow, near Orrin.')).toEqual([
      'Bank of Barrow',
      'Barrow',
      'Orrin',
    ])
  })

  it('are not the first words of sentences', async () => {
    expect(await names('Yesterday it rained. Farmers were glad. Then Orrin flooded.')).toEqual([
      'Orrin',
    ])
  })

  it('are not the words of a line in capitals', async () => {
    expect(await names('READ THIS NOTICE BEFORE USE')).toEqual([])
  })

  it('keep initials and abbreviations within one sentence', async () => {
    expect(await pairs('The founder, Mr. J. R. Halvard, left Orrin.')).toEqual([
      'Mr. J. R. Halvard – Orrin',
    ])
  })

  it('are the same whether given in full or in part', async () => {
    const found = await names('The mill of Ines Tollan burned. Later Tollan rebuilt it.')
    expect(found).toEqual(['Ines Tollan'])
  })

  it('are found between quotation marks, unless those hold speech', async () => {
    const text = 'He painted “The old weir” and said “I will not paint again.” that day.'
    expect(await names(text)).toEqual(['The old weir'])
  })

  it('are found in scripts without capitals and spaces', async () => {
    expect(await names('東京タワーは港区にある。')).toEqual(expect.arrayContaining(['東京タワー']))
  })
})

describe('relations', () => {
  it('tie names of one sentence, with the sentence and the words between', async () => {
    const { relations } = await extract('In Barrow the mill was built by Ines Tollan. It stands.')
    expect(relations).toEqual([
      {
        source: 'Barrow',
        target: 'Ines Tollan',
        description: 'In Barrow the mill was built by Ines Tollan.',
        keywords: 'mill,built',
        weight: 1,
      },
    ])
  })

  it('weigh more for every further sentence', async () => {
    const { relations } = await extract('We saw Orrin and Barrow. Then Orrin beat Barrow.')
    expect(relations.map(({ weight }) => weight)).toEqual([2])
  })

  it('tie every name to the title that the text is about', async () => {
    expect(await pairs('It was opened by Ines Tollan in Orrin.', 'Barrow Mill')).toEqual([
      'Barrow Mill – Ines Tollan',
      'Barrow Mill – Orrin',
      'Ines Tollan – Orrin',
    ])
  })

  it('tie who speaks to whom, and both to what is said', async () => {
    const talk =
      'InesTollan: Shall we go to Orrin?\nJanBerg: Gladly.\nInesTollan: Fine.\nJanBerg: Bye.'
    expect(await pairs(talk)).toEqual(
      expect.arrayContaining(['Ines Tollan – Jan Berg', 'Jan Berg – Orrin']),
    )
  })
})

describe('the title', () => {
  it('is an entity without its bracketed remark', async () => {
    expect(await names('A novel by Ines Tollan.', 'The Weir (novel)')).toContain('The Weir')
  })

  it('is none when it is a mere label', async () => {
    expect(await names('We met Ines Tollan.', 'Chat 2024-03-05 11:00')).toEqual(['Ines Tollan'])
    expect(await names('We met Ines Tollan.', 'some notes')).toEqual(['Ines Tollan'])
  })

  it('is one in small letters when the text speaks of it', async () => {
    expect(await names('A refund is paid within a week.', 'refund policy')).toEqual([
      'refund policy',
    ])
  })
})

describe('types', () => {
  it.each([
    ['Barrow Mill Company', 'Then the Barrow Mill Company failed.', 'organization'],
    ['University of Orrin', 'She left the University of Orrin early.', 'organization'],
    ['Tarn River', 'We crossed the Tarn River.', 'location'],
    ['Orrin', 'The fair is held in Orrin.', 'location'],
    ['Battle of Orrin', 'After the Battle of Orrin all was lost.', 'event'],
    ['Ines Tollan', 'There Ines Tollan was.', 'person'],
    ['Zilvia', 'There Zilvia said nothing.', 'person'],
    ['X-200', 'We sell the X-200 again.', 'product'],
    ['Zilvia', 'We like the Zilvia much.', 'concept'],
  ])('of %s in “%s” is %s', async (name, text, type) => {
    expect(await typeOf(name, text)).toBe(type)
  })

  it('of speakers is person', async () => {
    expect(await typeOf('Zilvia', 'Zilvia: Hello\nOtrun: Good day\nZilvia: Bye\nOtrun: Bye')).toBe(
      'person',
    )
  })
})

describe('extraction', () => {
  it('lets other work run while it reads many chunks', async () => {
    const text = 'Ines Tollan of Orrin met Jan Berg of Barrow. '.repeat(100)
    let turns = 0
    const ticking = setInterval(() => (turns += 1), 0)
    await Promise.all(Array.from({ length: 60 }, () => extract(text)))
    clearInterval(ticking)
    expect(turns).toBeGreaterThan(1)
  })

  it('is bounded for one sentence of endless names', async () => {
    const { entities, relations } = await extract(
      Array.from({ length: 2000 }, (_, n) => `Nam${n}, `).join('and '),
    )
    expect(entities.length).toBeLessThanOrEqual(80)
    expect(relations.length).toBeLessThanOrEqual(12)
  })
})
