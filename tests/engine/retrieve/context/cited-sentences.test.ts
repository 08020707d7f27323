import { describe, expect, it } from 'vitest'
import type { StoredChunk } from '../../../../src/engine/ports/stored-rows.ts'
import { citedSentences } from '../../../../src/engine/retrieve/context/cited-sentences.ts'

function cited(question: string, ...contents: string[]): (string | null)[] {
  const chunks = contents.map((content, key) => ({ key, content }) as unknown as StoredChunk)
  const sentences = citedSentences(question, chunks)
  return chunks.map((chunk) => {
    const range = sentences.get(chunk)
    return range === undefined ? null : chunk.content.slice(range.start, range.end)
  })
}

describe('the sentence that a passage is cited by', () => {
  it.each([
    [
      'of rare words',
      'When is the pump serviced?',
      'The pump is red. The pump is loud. It is serviced in May.',
      'It is serviced in May.',
    ],
    [
      'in other forms',
      'Who inspected the valves?',
      'Ann likes tea. Each valve is inspected by Bo.',
      'Each valve is inspected by Bo.',
    ],
    [
      'and never within another word',
      'What does the car cost?',
      'A carpet costs ten, carefully counted. A car costs 900.',
      'A car costs 900.',
    ],
    [
      'a number',
      'Which article says 47?',
      'Article 447 is long. Article 47 is short.',
      'Article 47 is short.',
    ],
    [
      'a row of a table',
      'How much is a Gizmo?',
      '| Item | Price |\n| Bolt | 2 |\n| Gizmo | 10 |',
      '| Gizmo | 10 |',
    ],
    [
      'in scripts without spaces',
      '大阪の人口は？',
      '東京は首都です。大阪の人口は多い。',
      '大阪の人口は多い。',
    ],
    [
      'with a letter that grows in lower case',
      'Where is Ankara?',
      'İzmir İstanbul İçel. Ankara is inland.',
      'Ankara is inland.',
    ],
  ])('is the one of its words: %s', (_, question, content, wanted) => {
    expect(cited(question, content)).toEqual([wanted])
  })

  it('is none where no word of the question stands', () => {
    expect(cited('pump', 'Ann likes tea.', 'A pump.')).toEqual([null, 'A pump.'])
  })

  it('weighs words by all passages, and each passage has its own', () => {
    expect(
      cited('oil of the pump', 'The pump is red. Oil is black.', 'The pump. The pump is new.'),
    ).toEqual(['Oil is black.', 'The pump.'])
  })

  it('is found in a question of nothing but grammar too', () => {
    expect(cited('who was she?', 'Bo. She was there.')).toEqual(['She was there.'])
  })
})
