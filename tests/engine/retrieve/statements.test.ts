import { describe, expect, it } from 'vitest'
import type { StoredChunk } from '../../../src/engine/ports/stored-rows.ts'
import type { Selected } from '../../../src/engine/retrieve/context/select-context.ts'
import { answerSentences } from '../../../src/engine/retrieve/statements/answer-sentences.ts'
import { particularsOf } from '../../../src/engine/retrieve/statements/figures-and-names.ts'
import { statementsOf } from '../../../src/engine/retrieve/statements/statements-of.ts'

const TEXTS = [
  'The Barrow mill grinds barley. It was built in 1874 by Ines Tollan. Its wheel turns slowly.',
  'The ferry of Orrin carries 1,450 people. It leaves from the harbour at noon.',
  'A ticket costs four euros. Dogs pay half of that.',
]

function selected(texts: readonly string[] = TEXTS, ids = ['1', '2', '3']): Selected {
  const chunks = texts.map(
    (content, at): StoredChunk =>
      ({
        id: `chunk-${at}`,
        documentId: `doc-${at}`,
        ordinal: 0,
        content,
        filePath: `file-${at}.txt`,
        start: 100 * at,
        end: 100 * at + content.length,
        page: null,
        headings: [],
        outline: null,
        tokens: 20,
      }) as unknown as StoredChunk,
  )
  return {
    chunks,
    referenceOf: (chunk: StoredChunk) => ids[chunks.indexOf(chunk)],
  } as unknown as Selected
}

/** Each sentence with the sentences it rests on, and what they lack. */
async function mapped(answer: string, from = selected()) {
  const statements = await statementsOf(answer, from)
  return statements.map(({ start, end, citations }) => ({
    said: answer.slice(start, end),
    rests: citations.map(({ sentence, start: at, document_id, by, unsupported, missing }) => {
      const text = from.chunks.find(({ documentId }) => documentId === document_id)?.content ?? ''
      const quoted = sentence && text.slice(sentence.start - at, sentence.end - at)
      return { quoted, by, ...(unsupported ? { missing } : {}) }
    }),
  }))
}

describe('the sentences of an answer', () => {
  it('have the markers within and behind them, whether or not a stop stands before these', () => {
    const answer = 'One thing [1] is so. Another is too.[2] [3] A third 【1, 2】.'
    expect(answerSentences(answer).map(({ text, markers }) => [text, markers])).toEqual([
      ['One thing     is so.', ['1']],
      ['Another is too.', ['2', '3']],
      ['A third       .', ['1', '2']],
    ])
  })

  it('are no headings, notes or sources', () => {
    const answer = '## Mills\n\nA mill grinds. [1]\n\n*Quoted.*\n\n### References\n\n- [1] mill.txt'
    expect(answerSentences(answer).map(({ text }) => text)).toEqual(['A mill grinds.'])
  })

  it('take no link for a marker', () => {
    const [sentence] = answerSentences('See [1](https://example.org) there.')
    expect(sentence?.markers).toEqual([])
  })
})

describe('figures and names', () => {
  it('are told from words that only begin a sentence, and from German nouns', () => {
    expect(particularsOf('The mill was built in 1874 by Ines Tollan.')).toEqual({
      figures: ['1874'],
      names: ['Ines', 'Tollan'],
    })
    expect(particularsOf('Die Mühle hat ein Rad und einen Keller für das Getreide.').names).toEqual(
      [],
    )
  })
})

describe('a statement', () => {
  it('rests on the sentences that say the same, in the source that it names', async () => {
    expect(await mapped('The Barrow mill dates from 1874. [1]')).toEqual([
      {
        said: 'The Barrow mill dates from 1874.',
        rests: [
          {
            quoted: 'The Barrow mill grinds barley. It was built in 1874 by Ines Tollan.',
            by: 'marker',
          },
        ],
      },
    ])
  })

  it('rests on the one that says the same where it names none', async () => {
    const [statement] = await mapped('The ferry leaves the harbour at noon.')
    expect(statement?.rests).toEqual([
      { quoted: 'It leaves from the harbour at noon.', by: 'match' },
    ])
  })

  it('is unsupported where its passage lacks its figures and names', async () => {
    const [built, carries] = await mapped(
      'The mill was built in 1921 by Jonas Reed. [1] The ferry carries 1450 people. [2]',
    )
    expect(built?.rests[0]?.missing).toEqual(['1921', 'Jonas', 'Reed'])
    expect(carries?.rests[0]).not.toHaveProperty('missing')
  })

  it('may take its figures from several sources, but from each at least one', async () => {
    const [both] = await mapped('The mill of 1874 and the ferry for 1,450 people. [1][2]')
    expect(both?.rests.map((rest) => 'missing' in rest)).toEqual([false, false])
    const [one] = await mapped('The mill dates from 1874. [1][2]')
    expect(one?.rests.map((rest) => 'missing' in rest)).toEqual([false, true])
  })

  it('rests on nothing where no passage says the like, and no source is what a marker says', async () => {
    expect(await mapped('Zeppelins need helium. [7]')).toEqual([
      { said: 'Zeppelins need helium.', rests: [] },
    ])
  })

  it('finds figures that a passage writes as words', async () => {
    const [ticket] = await mapped('A ticket costs 4 euros. [3]')
    expect(ticket?.rests).toEqual([{ quoted: 'A ticket costs four euros.', by: 'marker' }])
  })
})
