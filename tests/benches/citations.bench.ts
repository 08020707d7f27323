import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LightRag } from '../../src/engine/light-rag.ts'
import type { Citation } from '../../src/engine/retrieve/query-calls.ts'
import { LlmAnswerer } from '../../src/engine/roles/llm-answerer.ts'
import { tokenCount } from '../../src/engine/text/tokenizer.ts'
import { FileReaders } from '../../src/formats/reader/file-readers.ts'
import { openAiCompatibleModel } from '../../src/models/ai-sdk/openai-compatible-model.ts'
import { offlineModels } from '../../src/models/offline/offline-models.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../src/workspaces/folder/files-in.ts'
import { startModelServer } from '../fixtures/model-server/model-server.ts'
import { docx, odt, pptx, textCell, wordParagraph, xlsx } from '../formats/sample-files.ts'
import { pdf } from '../formats/sample-pdf.ts'
import { tempFolder } from '../server/temp-folder.ts'

const FILES_A_FORMAT = 5
const PARTS = 14

/** A page, a slide, a sheet or a section, and the fact in it that is asked for. */
interface Part {
  readonly title: string
  readonly lines: readonly string[]
  readonly fact: string
  readonly question: string
}

interface Format {
  readonly extension: string
  readonly make: (parts: readonly Part[]) => Buffer
  /** Whether parts are pages. */
  readonly paged: boolean
}

const heading = (title: string) => wordParagraph(title, 'berschrift2')
const paragraph = (line: string) => wordParagraph(line)

const FORMATS: readonly Format[] = [
  {
    extension: 'pdf',
    paged: true,
    make: (parts) => pdf(parts.map(({ title, lines }) => ({ lines, bookmark: title }))),
  },
  {
    extension: 'pptx',
    paged: true,
    make: (parts) => pptx(parts.map(({ title, lines }) => [title, lines.join(' '), 'A note.'])),
  },
  {
    extension: 'xlsx',
    paged: true,
    make: (parts) =>
      xlsx(
        Object.fromEntries(
          parts.map(({ title, lines }) => [title, lines.map((line) => [textCell(line)])]),
        ),
      ),
  },
  {
    extension: 'docx',
    paged: false,
    make: (parts) =>
      docx(
        parts.map(({ title, lines }) => heading(title) + lines.map(paragraph).join('')).join(''),
      ),
  },
  {
    extension: 'odt',
    paged: false,
    make: (parts) =>
      odt(
        parts
          .map(
            ({ title, lines }) =>
              `<text:h text:outline-level="2">${title}</text:h>${lines.map((line) => `<text:p>${line}</text:p>`).join('')}`,
          )
          .join(''),
      ),
  },
  {
    extension: 'md',
    paged: false,
    make: (parts) =>
      Buffer.from(
        parts.map(({ title, lines }) => `## ${title}\n\n${lines.join(' ')}\n`).join('\n'),
      ),
  },
  {
    extension: 'html',
    paged: false,
    make: (parts) =>
      Buffer.from(
        parts.map(({ title, lines }) => `<h2>${title}</h2><p>${lines.join(' ')}</p>`).join(''),
      ),
  },
]

interface Tally {
  readonly probes: number
  readonly found: number
  readonly page: number
  readonly heading: number
  readonly sentence: number
}

/**
 * Whether citations name the page, the heading and the very sentence that answers a question: those
 * of the passages that are found, and those of the answers that a language model gives.
 */
export async function benchCitations(): Promise<void> {
  const folder = await tempFolder()
  const readers = new FileReaders()
  const asked = new Map<string, Told>()
  const provider = await startModelServer({
    chat: (messages) => answerTo(asked.get(messages.at(-1)?.content ?? ''), messages),
  })
  const host = { binding: 'openai', host: provider.openAiUrl, apiKey: 'key' } as const
  const answerer = new LlmAnswerer(openAiCompatibleModel(host, 'stub'))
  const models = { ...offlineModels(tokenCount), answerer }
  const rag = await LightRag.open({
    store: await openSqliteStore({ dir: folder.path, embedding: models.embedding }),
    models,
    files: filesIn(join(folder.path, 'inputs')),
    fileReader: readers.of('bench'),
  })
  try {
    const probes = await takeIn(rag)
    await rag.idle()
    const tallies = new Map<string, Tally>()
    for (const probe of probes) {
      const { extension } = probe.format
      const tally = tallies.get(extension) ?? NOTHING
      tallies.set(extension, sum(tally, await judged(rag, probe)))
    }
    const all = [...tallies.values()].reduce(sum, NOTHING)
    for (const [extension, tally] of tallies) print(extension, tally)
    print('all', all)
    console.log(
      `${FORMATS.length * FILES_A_FORMAT} files; wanted: page 98 %, heading 95 %, sentence 98 %`,
    )
    await benchStatements(rag, probes, asked)
  } finally {
    await rag.close()
    await provider.close()
    await readers.close()
    await rm(folder.path, { recursive: true, force: true })
  }
}

/** What the model is to say to a question. */
interface Told {
  readonly file: string
  readonly part: Part
  readonly way: Way
}

/** With a marker, without one, or with a marker and a figure that is wrong. */
const WAYS = ['marked', 'unmarked', 'wrong'] as const
type Way = (typeof WAYS)[number]

/** The fact in other words, with the id that the prompt has for its file. */
function answerTo(told: Told | undefined, messages: readonly { content: string }[]): string {
  if (told === undefined) return 'Nothing is known of that. [no-context]'
  const { file, part, way } = told
  const [, name = '', thing = '', hall = ''] =
    /^The (\w+) (\w+) was tested in hall (\d+)/.exec(part.fact) ?? []
  const source = messages[0]?.content.split('\n').find((line) => line.endsWith(`] ${file}`))
  const id = /^\[(\d+)\]/.exec(source ?? '')?.[1] ?? '0'
  const figure = way === 'wrong' ? `${hall}77` : hall
  const mark = way === 'unmarked' ? '' : ` [${id}]`
  return `It was in hall ${figure} that the night shift tested the ${name} ${thing}${mark}.`
}

/** Whether each sentence of an answer is put where its source says so, and wrong figures are told. */
async function benchStatements(
  rag: LightRag,
  probes: readonly Probe[],
  asked: Map<string, Told>,
): Promise<void> {
  const counts = new Map(WAYS.map((way) => [way, { asked: 0, sentence: 0, told: 0 }]))
  for (const [at, { file, part }] of probes.entries()) {
    const way = WAYS[at % WAYS.length] ?? 'marked'
    asked.set(part.question, { file, part, way })
    const { statements, references } = await rag.query({
      query: part.question,
      include_chunk_content: true,
    })
    const citation = statements?.[0]?.citations[0]
    const reference = references?.find((one) => one.reference_id === citation?.reference_id)
    const place = reference?.citations.findIndex((one) => one.chunk_id === citation?.chunk_id) ?? -1
    const content = reference?.content?.[place] ?? ''
    const count = counts.get(way)
    if (count === undefined) continue
    count.asked += 1
    if (citation && sentenceOf({ ...citation, content }) === part.fact) count.sentence += 1
    if (citation?.unsupported === (way === 'wrong')) count.told += 1
  }
  const share = (count: number, all: number) => `${((100 * count) / all).toFixed(1)} %`
  for (const [way, { asked: all, sentence, told }] of counts) {
    console.log(
      `${way.padEnd(8)} ${all} answers of a model: sentence ${share(sentence, all)}, ` +
        `supported or not ${share(told, all)}`,
    )
  }
}

interface Probe {
  readonly format: Format
  readonly file: string
  readonly page: number
  readonly part: Part
}

async function takeIn(rag: LightRag): Promise<Probe[]> {
  const probes: Probe[] = []
  for (const [f, format] of FORMATS.entries()) {
    for (let n = 0; n < FILES_A_FORMAT; n += 1) {
      const first = (f * FILES_A_FORMAT + n) * PARTS
      const parts = Array.from({ length: PARTS }, (_, i) => partOf(first + i))
      const file = `handbook-${n}.${format.extension}`
      await rag.insertFile({ file_name: file }, inPieces(format.make(parts)))
      for (const [i, part] of parts.entries()) probes.push({ format, file, page: i + 1, part })
    }
  }
  return probes
}

async function judged(rag: LightRag, { format, file, page, part }: Probe): Promise<Tally> {
  const { data } = await rag.queryData({ query: part.question, mode: 'mix' })
  const chunk = data.chunks.find((one) => one.file_path === file && one.content.includes(part.fact))
  if (chunk === undefined) return { ...NOTHING, probes: 1 }
  const isOnPage = chunk.page === page && chunk.end_page === page
  return {
    probes: 1,
    found: 1,
    page: !format.paged || isOnPage ? 1 : 0,
    heading: chunk.headings.at(-1) === part.title ? 1 : 0,
    sentence: sentenceOf(chunk) === part.fact ? 1 : 0,
  }
}

const NOTHING: Tally = { probes: 0, found: 0, page: 0, heading: 0, sentence: 0 }

function sum(one: Tally, other: Tally): Tally {
  return {
    probes: one.probes + other.probes,
    found: one.found + other.found,
    page: one.page + other.page,
    heading: one.heading + other.heading,
    sentence: one.sentence + other.sentence,
  }
}

function print(name: string, { probes, found, page, heading, sentence }: Tally): void {
  const share = (count: number) => `${((100 * count) / found).toFixed(1)} %`
  console.log(
    `${name.padEnd(5)} ${found} of ${probes} found; of these page ${share(page)}, ` +
      `innermost heading ${share(heading)}, sentence ${share(sentence)}`,
  )
}

function sentenceOf({ content, start, sentence }: Citation & { content: string }): string | null {
  return sentence && content.slice(sentence.start - start, sentence.end - start)
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

const SYLLABLES = ['ka', 'ro', 'mi', 'tel', 'zu', 'bor', 'en', 'vi', 'sha', 'lom']
const THINGS = ['valve', 'motor', 'filter', 'hose', 'gauge', 'pump', 'lamp']
const nameOf = (n: number) => {
  const name = [n % 10, Math.floor(n / 10) % 10, Math.floor(n / 100) % 10, (n * 7) % 10]
    .map((digit) => SYLLABLES[digit])
    .join('')
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

/** The name stands in three sentences of the part, and the words of the question in others. */
function partOf(n: number): Part {
  const name = nameOf(n)
  const thing = THINGS[n % THINGS.length] ?? 'valve'
  const fact = `The ${name} ${thing} was tested in hall ${n + 3} by the night shift.`
  const filler = Array.from(
    { length: 6 + (n % 9) },
    (_, i) => `Paragraph ${i + 1} says that the halls of wing ${n % 5} were quiet that week.`,
  )
  const at = 1 + (n % (filler.length - 1))
  const lines = [
    `Everybody here knows the ${name} ${thing}.`,
    ...filler.slice(0, at),
    fact,
    ...filler.slice(at),
    `Order the ${name} ${thing} at the desk, e.g. before noon.`,
  ]
  const title = `Report ${n + 1} on the ${thing}`
  return { title, lines, fact, question: `In which hall was the ${name} ${thing} tested?` }
}
