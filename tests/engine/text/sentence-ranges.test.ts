import { describe, expect, it } from 'vitest'
import { sentenceRanges } from '../../../src/engine/text/sentence-ranges.ts'

const sentences = (text: string) =>
  sentenceRanges(text).map(({ start, end }) => text.slice(start, end))

describe('the sentences of a text', () => {
  it.each([
    ['stops of every kind', 'One. Two! Three? Four…', ['One.', 'Two!', 'Three?', 'Four…']],
    ['quotation marks behind a stop', '“Go.” He went.', ['“Go.”', 'He went.']],
    [
      'no abbreviations, initials or numbers',
      'Dr. Bo met J. Doe at 4.5 bar, e.g. here. He left.',
      ['Dr. Bo met J. Doe at 4.5 bar, e.g. here.', 'He left.'],
    ],
    [
      'what goes on in lower case',
      'The file a.txt. is odd. Done.',
      ['The file a.txt. is odd.', 'Done.'],
    ],
    ['wrapped lines', 'A line that\ngoes on. Next\none.', ['A line that\ngoes on.', 'Next\none.']],
    ['headings', '# Title\nText below. More.', ['# Title', 'Text below.', 'More.']],
    [
      'list items',
      'Parts:\n- a pump\n  of steel\n- a hose',
      ['Parts:', '- a pump\n  of steel', '- a hose'],
    ],
    ['rows of tables', '| a | b |\n| 1 | 2 |\nText', ['| a | b |', '| 1 | 2 |', 'Text']],
    ['paragraphs without a stop', 'One\n\nTwo', ['One', 'Two']],
    [
      'scripts without spaces',
      '東京は首都です。大阪は「大きい」。終',
      ['東京は首都です。', '大阪は「大きい」。', '終'],
    ],
    ['Arabic', 'هل وصل؟ نعم وصل.', ['هل وصل؟', 'نعم وصل.']],
    ['nothing', ' \n\n ', []],
  ])('are told apart by %s', (_, text, wanted) => {
    expect(sentences(text)).toEqual(wanted)
  })

  it('of a text without a stop end after a while, and leave nothing out', () => {
    const text = 'word '.repeat(5_000)
    const found = sentences(text)
    expect(found.length).toBeGreaterThan(5)
    expect(Math.max(...found.map(({ length }) => length))).toBeLessThanOrEqual(2_000)
    expect(found.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
  })

  it('are in order, never empty, and hold all that is no white space', () => {
    const signs = ['a', 'B', '.', '?', '。', ' ', '\n', '#', '|', '-', '"', '5', 'é', '\u{1f600}']
    let seed = 1
    const next = () => (seed = (seed * 48271) % 0x7fffffff)
    for (let round = 0; round < 500; round += 1) {
      const text = Array.from({ length: next() % 60 }, () => signs[next() % signs.length]).join('')
      let end = 0
      let told = ''
      for (const range of sentenceRanges(text)) {
        expect(range.start).toBeGreaterThanOrEqual(end)
        expect(range.end).toBeGreaterThan(range.start)
        expect(text.slice(range.start, range.end).trim()).toHaveLength(range.end - range.start)
        end = range.end
        told += text.slice(range.start, range.end)
      }
      expect(told.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
    }
  })
})
