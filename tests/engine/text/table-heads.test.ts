import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tablesIn } from '../../../src/engine/text/table-heads.ts'
import { openEngine, type TestEngine } from '../open-engine.ts'

const rows = Array.from({ length: 60 }, (_, i) => `| Part ${i} | ${i} EUR | ${2000 + i} |`)

describe('the tables of a text', () => {
  it.each([
    ['Markdown', ['| Item | Price | Since |', '|:---|---:|---|', ...rows]],
    ['bars alone', ['| Item | Price | Since |', ...rows]],
    ['Markdown without outer bars', ['Item | Price | Since', '--- | --- | ---', 'a | 1 | 2']],
  ])('are found when they are drawn as %s', (_, lines) => {
    const text = ['# Prices', '', ...lines, '', 'After it | nothing.'].join('\n')
    expect(tablesIn(text)).toEqual([
      {
        start: text.indexOf(lines[1] ?? ''),
        end: text.indexOf('\n\nAfter'),
        head: '| Item | Price | Since |',
      },
    ])
  })

  it.each([
    'one | two',
    '| 1 | 2 |\n| 3 | 4 |\n| 5 | 6 |',
    '| just | a | row |',
    '---\n|',
    `| ${'x'.repeat(700)} | b |\n|---|---|\n| 1 | 2 |`,
  ])('are none in %j', (text) => {
    expect(tablesIn(text)).toEqual([])
  })
})

describe('a chunk', () => {
  let engine: TestEngine
  beforeEach(async () => {
    engine = await openEngine()
  })
  afterEach(() => engine.close())

  it('from the middle of a table has its columns among the headings, and in what a model sees', async () => {
    const text = ['# Prices', '| Item | Price | Since |', '|---|---|---|', ...rows, '', 'End.']
    await engine.insert({
      texts: [text.join('\n')],
      file_sources: ['prices.md'],
      chunking: { strategy: 'fixed_token', params: { chunk_token_size: 100 } },
    })
    const [document] = (await engine.rag.listDocuments({})).documents
    const { chunks } = await engine.rag.documentChunks(document?.id ?? '', {})
    const [first, ...others] = chunks
    expect(first?.headings).toEqual(['Prices'])
    expect(others.length).toBeGreaterThan(5)
    for (const { headings } of others) {
      expect(headings).toEqual(['Prices', '| Item | Price | Since |'])
    }
    const { response } = await engine.rag.query({
      query: 'Part 55 price',
      mode: 'naive',
      only_need_context: true,
    })
    const line = response.split('\n').find((part) => part.includes('Part 55 |'))
    expect(line).toContain('"columns":"| Item | Price | Since |"')
  })
})
