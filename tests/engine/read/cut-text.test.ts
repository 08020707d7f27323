import { describe, expect, it } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../src/engine/ports/settings.ts'
import type { ChunkingPlan } from '../../../src/engine/read/chunking.ts'
import { chunkingPlan, keptPlan, planAsJson } from '../../../src/engine/read/chunking.ts'
import { cutText } from '../../../src/engine/read/cut-text.ts'
import { markdownHeadings } from '../../../src/engine/read/headings.ts'
import { openEngine } from '../open-engine.ts'

const SEPARATOR: ChunkingPlan = {
  strategy: 'fixed_token',
  size: 20,
  overlap: 4,
  separator: '\n--\n',
  separatorOnly: false,
}
const MARKDOWN: ChunkingPlan = { ...SEPARATOR, strategy: 'markdown', size: 160, separator: null }
const words = (count: number, word = 'word') => Array.from({ length: count }, () => word).join(' ')

async function cut(text: string, plan: ChunkingPlan): Promise<string[]> {
  const chunks = await cutText(text, { headings: markdownHeadings(text), pages: [] }, plan)
  expect(chunks.map(({ ordinal }) => ordinal)).toEqual(chunks.map((_, i) => i))
  for (const { start, end, content } of chunks) expect(text.slice(start, end)).toBe(content)
  for (const { tokens } of chunks) expect(tokens).toBeLessThanOrEqual(plan.size)
  return chunks.map(({ content }) => content)
}

describe('cutText with a separator', () => {
  it('makes a chunk of each part, without merging and without empty ones', async () => {
    expect(await cut('one\n--\n\n--\ntwo words\n--\n', SEPARATOR)).toEqual(['one', 'two words'])
  })

  it('takes the separator as it stands, never as a pattern', async () => {
    expect(await cut('a.b.c', { ...SEPARATOR, separator: '.' })).toEqual(['a', 'b', 'c'])
  })

  it('cuts on where a part is larger than a chunk', async () => {
    const chunks = await cut(`small\n--\n${words(50)}`, SEPARATOR)
    expect(chunks[0]).toBe('small')
    expect(chunks.length).toBeGreaterThan(3)
  })

  it('refuses a part that is larger than a chunk when only separators may cut', async () => {
    const strict = { ...SEPARATOR, separatorOnly: true }
    expect(await cut(`small\n--\n${words(20)}`, strict)).toHaveLength(2)
    await expect(cut(`small\n--\n${words(21)}`, strict)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringMatching(/Part 2 .*20 tokens/),
    })
  })
})

describe('cutText by headings', () => {
  const section = (title: string, count: number) => `${title}\n\n${words(count)}\n\n`

  it('ends chunks where a heading of the first two levels begins', async () => {
    const text =
      section('# A', 60) + section('## B', 60) + section('### C', 60) + section('# D', 60)
    const chunks = await cut(text, MARKDOWN)
    expect(chunks.map((chunk) => chunk.match(/^#+ \w/gm))).toEqual([
      ['# A'],
      ['## B', '### C'],
      ['# D'],
    ])
  })

  it('cuts a long section into several chunks, none of which reaches into the next', async () => {
    const chunks = await cut(section('# A', 400) + section('# B', 30), MARKDOWN)
    expect(chunks.length).toBeGreaterThan(3)
    expect(chunks.filter((chunk) => chunk.includes('# B'))).toEqual([`# B\n\n${words(30)}`])
  })

  it('joins a tiny section with the next, and the last with the one before', async () => {
    const text = `# Title\n\n${section('## A', 60)}${section('## B', 60)}## End`
    const chunks = await cut(text, MARKDOWN)
    expect(chunks.map((chunk) => chunk.match(/^#+ \w+/gm))).toEqual([
      ['# Title', '## A'],
      ['## B', '## End'],
    ])
  })

  it('keeps a tiny section alone when it does not fit anywhere', async () => {
    const chunks = await cut(`${section('## A', 155)}# T\n`, { ...MARKDOWN })
    expect(chunks).toHaveLength(2)
  })

  it('has no chunk for a text of nothing but space', async () => {
    expect(await cut(' \n ', MARKDOWN)).toEqual([])
  })
})

describe('cutText by pages', () => {
  const text = `First ${words(20)}\n\nprices\n\n${words(20)}`
  const pages = [
    { page: 1, start: 0 },
    { page: 2, start: text.indexOf('prices') },
  ]
  const plan = { ...SEPARATOR, size: 30, separator: null }
  const secondOf = async (headings: Parameters<typeof cutText>[1]['headings']) =>
    (await cutText(text, { headings, pages }, plan))[1]?.content

  it('joins a page with the one before that goes on in the middle of a sentence', async () => {
    expect(await secondOf([])).not.toMatch(/^prices/)
  })

  it('begins anew at a page that begins with a heading, whatever its first letter', async () => {
    const start = text.indexOf('prices')
    expect(await secondOf([{ level: 1, title: 'prices', start }])).toMatch(/^prices/)
    // Bookmarks of a PDF stand at the top of their page when their words are not found.
    expect(await secondOf([{ level: 1, title: 'Costs', start }])).not.toMatch(/^prices/)
  })
})

describe('chunkingPlan', () => {
  it('takes what is left out from the settings', () => {
    expect(chunkingPlan(undefined, DEFAULT_SETTINGS)).toMatchObject({
      strategy: 'fixed_token',
      size: DEFAULT_SETTINGS.chunkSize,
      overlap: DEFAULT_SETTINGS.chunkOverlapSize,
    })
    const small = { strategy: 'custom', params: { chunk_token_size: 50 } } as const
    expect(chunkingPlan(small, DEFAULT_SETTINGS)).toMatchObject({ size: 50, overlap: 5 })
  })

  it('is the same plan after it was kept, whatever the settings are then', () => {
    const plan = chunkingPlan(
      { strategy: 'fixed_token', params: { split_by_character: '\n' } },
      DEFAULT_SETTINGS,
    )
    const later = { ...DEFAULT_SETTINGS, chunkSize: 77, chunkOverlapSize: 7 }
    expect(keptPlan(planAsJson(plan), later)).toEqual(plan)
    expect(keptPlan(null, later)).toMatchObject({ size: 77, overlap: 7 })
  })

  it('shares half a chunk at most, also where more was kept with a document or set before', () => {
    const params = { chunk_token_size: 50, chunk_overlap_token_size: 49 }
    const kept = { strategy: 'fixed_token', params }
    expect(keptPlan(kept, DEFAULT_SETTINGS)).toMatchObject({ size: 50, overlap: 25 })
    const half = { ...DEFAULT_SETTINGS, chunkSize: 150, chunkOverlapSize: 75 }
    expect(chunkingPlan(undefined, half)).toMatchObject({ size: 150, overlap: 75 })
    const more = { ...half, chunkOverlapSize: 76 }
    expect(chunkingPlan(undefined, more)).toMatchObject({ size: 150, overlap: 15 })
  })

  it.each([
    ['fixed_token', null],
    ['fixed_token', ' '],
    ['markdown', null],
  ] as const)('gives up a text of too many chunks: %s, cut at %j', async (strategy, separator) => {
    const settings = { ...DEFAULT_SETTINGS, chunkSize: 16, maxChunksPerDocument: 20 }
    const chunking = { strategy, params: { split_by_character: separator } }
    const text = '# heading\n\nword word word word word\n\n'
    const cutIn = (times: number) =>
      cutText(
        text.repeat(times),
        { headings: markdownHeadings(text.repeat(times)), pages: [] },
        chunkingPlan(chunking, settings),
      )
    expect((await cutIn(2)).length).toBeLessThanOrEqual(20)
    await expect(cutIn(1000)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining('more than 20 chunks'),
    })
  })

  it.each([
    [{ strategy: 'custom', params: { chunk_token_size: 50, chunk_overlap_token_size: 50 } }],
    [{ strategy: 'custom', params: { chunk_token_size: 50, chunk_overlap_token_size: 26 } }],
    [{ strategy: 'custom', params: { chunk_overlap_token_size: 601 } }],
    [{ strategy: 'custom', params: { split_by_character_only: true } }],
    [{ strategy: 'markdown', params: { split_by_character: '\n' } }],
  ] as const)('refuses %j', (chunking) => {
    expect(() => chunkingPlan(chunking, DEFAULT_SETTINGS)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})

it('a document of too many chunks fails with the reason, and the next one lands', async () => {
  const engine = await openEngine(
    {},
    { chunkSize: 16, chunkOverlapSize: 0, maxChunksPerDocument: 5 },
  )
  try {
    await engine.insert({ texts: ['many words '.repeat(500), 'Ada met Charles.'] })
    const { documents } = await engine.rag.listDocuments({ page: 1, page_size: 10 })
    const told = documents.map(({ status, error_msg }) => [status, error_msg])
    expect(told).toHaveLength(2)
    expect(told).toEqual(
      expect.arrayContaining([
        ['failed', expect.stringContaining('more than 5 chunks')],
        ['processed', null],
      ]),
    )
    const chunks = Array.from({ length: 6 }, (_, i) => ({ content: `Part ${i}` }))
    await expect(engine.rag.insertCustomKg({ chunks })).rejects.toThrow('more than 5 chunks')
  } finally {
    await engine.close()
  }
})
