import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MarkdownBlocks } from '../../../src/web/features/ask/markdown-blocks.ts'

const TEXT =
  '# Head\n\nA paragraph\nof two lines.\n\n```js\nconst a = 1\n\nconst b = 2\n```\n\n- one\n- two\n\n~~~\n```\nnot the end\n~~~\nLast words'

function blocksOf(pieces: readonly string[]) {
  const blocks = new MarkdownBlocks()
  for (const piece of pieces) blocks.add(piece)
  return blocks.blocks()
}

describe('Markdown that is being written', () => {
  it('is cut at empty lines, but not within code', () => {
    const found = blocksOf([TEXT])
    expect(found.map(({ text }) => text.trim())).toEqual([
      '# Head',
      'A paragraph\nof two lines.',
      '```js\nconst a = 1\n\nconst b = 2\n```',
      '- one\n- two',
      '~~~\n```\nnot the end\n~~~',
      'Last words',
    ])
    expect(found.map(({ isClosed }) => isClosed)).toEqual([true, true, true, true, true, false])
  })

  it('has the same blocks however it arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: TEXT.length }), { maxLength: 30 }), (at) => {
        const cuts = [0, ...at.sort((one, other) => one - other), TEXT.length]
        const pieces = cuts.slice(1).map((end, i) => TEXT.slice(cuts[i], end))
        expect(blocksOf(pieces)).toEqual(blocksOf([TEXT]))
      }),
    )
  })

  it('loses nothing that is no empty line', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', '\n', '`', '~', ' ', '- '), { maxLength: 80 }),
        (signs) => {
          const joined = blocksOf(signs).map(({ text }) => text)
          expect(joined.join('').replaceAll(/\s/g, '')).toBe(signs.join('').replaceAll(/\s/g, ''))
        },
      ),
    )
  })

  it('keeps what is closed as it is', () => {
    const blocks = new MarkdownBlocks()
    blocks.add('one\n\ntw')
    const [before] = blocks.blocks()
    blocks.add('o\n\nthree')
    expect(blocks.blocks()[0]).toBe(before)
  })
})
