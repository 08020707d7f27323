import { afterAll, describe, expect, it } from 'vitest'
import type { CallOptions, Models } from '../../src/engine/ports/models.ts'
import type { ChunkingPlan } from '../../src/engine/read/chunking.ts'
import { CUTS_HERE } from '../../src/engine/read/cut-document.ts'
import { markdownHeadings } from '../../src/engine/read/headings.ts'
import { offlineModels } from '../../src/models/offline/offline-models.ts'
import { TextThreads } from '../../src/texts/text-threads.ts'
import { textsApart } from '../../src/texts/texts-apart.ts'

const threads = new TextThreads()
afterAll(() => threads.close())
const here = offlineModels()
const apart = textsApart(threads, 'acme', here)
const APART: CallOptions = { lane: 'extract', apart: true }
const DOCUMENT = { ...APART, kind: 'document' } as const

/** Words, names and marks of each script, as they stand in texts. */
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  Latin: [
    'Ann Lee',
    'of',
    'the',
    'Bank',
    'straße',
    'naïve',
    'İstanbul',
    'met',
    'D. C.',
    'U.S.',
    '3,000',
  ],
  Cyrillic: ['Анна', 'Иванова', 'и', 'Москва', 'встретила', 'ѳ'],
  Greek: ['Αθήνα', 'και', 'ΟΔΥΣΣΕΥΣ', 'ᾳ'],
  Arabic: ['محمد', 'في', 'القاهرة', 'می\u200cخواهم'],
  Hebrew: ['דוד', 'ירושלים', 'של'],
  Devanagari: ['क्षत्रिय', 'दिल्ली', 'में'],
  Thai: ['กรุงเทพ', 'ประเทศไทย'],
  Han: ['北京', '李明在', '清华大学', '研究。'],
  Kana: ['トヨタ', 'ひらがな', '東京で'],
  Hangul: ['서울', '김민수는', '한국'],
  signs: [
    '👩\u200d👧',
    '🇩🇪',
    '𝒳',
    '|',
    '# a',
    '\u00ad',
    'e\u0301',
    '\u{20000}',
    '"quoted"',
    'x'.repeat(300),
  ],
}
const GAPS = [
  ' ',
  ' ',
  ' ',
  '. ',
  ', ',
  '\n',
  '\n\n## Part\n\n',
  '\n| a | b |\n| - | - |\n| 1 | 2 |\n',
  '\u3000',
]

/** Always the same for a seed. */
function textOf(script: readonly string[], seed: number, words = 500): string {
  let state = seed
  const pick = <T>(from: readonly T[]): T | undefined => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return from[(state >>> 8) % from.length]
  }
  return Array.from({ length: words }, () => `${pick(script)}${pick(GAPS)}`)
    .join('')
    .trim()
}

const ALL = Object.values(SCRIPTS).flat()
const TEXTS = [...Object.entries(SCRIPTS), ['all', ALL] as const].flatMap(([name, script]) =>
  [1, 2].map((seed) => [`${name} ${seed}`, textOf(script, seed)] as const),
)
const FIXED = { strategy: 'fixed_token', separator: null, separatorOnly: false } as const
const PLANS: Readonly<Record<string, ChunkingPlan>> = {
  usual: { ...FIXED, size: 1200, overlap: 100 },
  small: { ...FIXED, size: 20, overlap: 9 },
  lines: { ...FIXED, size: 200, overlap: 0, separator: '\n' },
  markdown: { ...FIXED, strategy: 'markdown', size: 300, overlap: 30 },
}

async function vectorsBy({ embedding }: Models, texts: readonly string[]): Promise<string[]> {
  const vectors = await embedding.embed(texts, DOCUMENT)
  return vectors.map(({ buffer }) => Buffer.from(buffer).toString('base64'))
}

describe('the work on a text in a thread', () => {
  it.each(TEXTS)(
    'gives the same chunks, names and vectors as in the calling thread: %s',
    async (_, text) => {
      for (const plan of Object.values(PLANS)) {
        const input = {
          text,
          filePath: 'a_story.md',
          headings: markdownHeadings(text),
          pages: [],
          plan,
        }
        const cut = await CUTS_HERE.cut(input, APART)
        expect(cut.chunks.length).toBeGreaterThan(1)
        expect(await apart.cutter.cut(input, APART)).toEqual(cut)
        const [chunk] = cut.chunks
        const passage = {
          text: chunk?.content ?? '',
          filePath: input.filePath,
          headings: cut.above[0] ?? [],
        }
        const found = await here.extractor.extract(passage, APART)
        expect(await apart.models.extractor.extract(passage, APART)).toEqual(found)
        const contents = cut.chunks.map(({ content }) => content)
        const vectors = await here.embedding.embed(contents, DOCUMENT)
        expect(await apart.models.embedding.embed(contents, DOCUMENT)).toEqual(vectors)
      }
    },
  )

  it('takes texts of more than one message, in order', async () => {
    const texts = TEXTS.slice(0, 3).map(([, text]) => text.repeat(Math.ceil(400_000 / text.length)))
    expect(await vectorsBy(apart.models, texts)).toEqual(await vectorsBy(here, texts))
  })

  it('fails with the sentence of the engine for a text that must not be cut', async () => {
    const plan = { ...FIXED, size: 5, overlap: 0, separator: '\n', separatorOnly: true }
    const input = { text: 'a b c d e f g h i j', filePath: 'a', headings: [], pages: [], plan }
    const error = await apart.cutter.cut(input, APART).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'EngineError', code: 'invalid_argument' })
  })
})

it('starts no thread for what is not to be apart, nor for questions', async () => {
  const none = new TextThreads()
  const { cutter, models } = textsApart(none, 'acme', here)
  const options = { lane: 'extract' } as const
  await cutter.cut(
    {
      text: 'Ann met Bo.',
      filePath: 'a',
      headings: [],
      pages: [],
      plan: { ...FIXED, size: 9, overlap: 0 },
    },
    options,
  )
  await models.extractor.extract({ text: 'Ann met Bo.', filePath: 'a', headings: [] }, options)
  await models.embedding.embed(['Ann'], { ...options, kind: 'document' })
  await models.embedding.embed(['Ann'], { ...APART, kind: 'query' })
  expect(none.size).toBe(0)
})

it('leaves alone the models that ask a provider', () => {
  const models = {
    ...here,
    extractor: { id: 'llm', extract: here.extractor.extract },
    embedding: { ...here.embedding, id: 'openai', embed: here.embedding.embed },
  }
  const texts = textsApart(threads, 'acme', models)
  expect(texts.models.extractor).toBe(models.extractor)
  expect(texts.models.embedding).toBe(models.embedding)
})
