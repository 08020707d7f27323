import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { LightRag } from '../../src/engine/light-rag.ts'
import { openLightRag } from '../../src/library.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { buildLibrary } from './like/built-library.ts'
import { cpuOf, median, timeOf } from './like/measures.ts'
import { runBenchChild } from './like/run-bench-child.ts'
import { sampleDocument, sampleQuestion } from './like/sample-documents.ts'
import { hashedModel, scriptedModel } from './like/scripted-models.ts'

const NEXT_DOCUMENTS = 20
/** Of each mode. The engine compiles what it has run often: a program is warm after some hundreds. */
const QUESTIONS = 700
const WARMING = 500
const OPENINGS = 7
const BATCH = 100
const MB = 1024 * 1024

type Figure = 'next' | 'delete' | 'open' | 'naive' | 'local' | 'global' | 'mix' | 'disk'
interface Row {
  readonly what: string
  /** What Python LightRAG took on 2 cores for 1,000 and 3,000 documents: milliseconds or MB. */
  readonly lightRag: readonly [number, number]
  /** The share of that which we allow ourselves. */
  readonly share: readonly [number, number]
}
const ROWS: Readonly<Record<Figure, Row>> = {
  next: { what: 'next document, ms CPU', lightRag: [710, 1970], share: [1 / 50, 1 / 150] },
  delete: { what: 'deleting one, ms CPU', lightRag: [1600, 4500], share: [1 / 100, 1 / 100] },
  open: { what: 'open + first mix, ms', lightRag: [890, 2100], share: [1 / 10, 1 / 10] },
  naive: { what: 'naive p50, ms', lightRag: [1.9, 2.4], share: [1, 1.5] },
  local: { what: 'local p50, ms', lightRag: [27, 52], share: [1 / 10, 1 / 10] },
  global: { what: 'global p50, ms', lightRag: [63, 180], share: [1 / 10, 1 / 20] },
  mix: { what: 'mix p50, ms', lightRag: [84, 224], share: [1 / 10, 1 / 20] },
  disk: { what: 'disk without indexes, MB', lightRag: [75, 219], share: [1 / 2, 1 / 2] },
}
const SIZES = [1000, 3000] as const

/**
 * What Python LightRAG was measured at, and our own figures beside it: the library with models that
 * answer at once, over documents of 200 words with 8 names each.
 */
export async function benchLightRagLike(): Promise<void> {
  const folder = await tempFolder()
  const library = await buildLibrary()
  try {
    for (const [tenantKb, documents] of SIZES.entries()) {
      console.log(`${documents} documents`)
      const dir = join(folder.path, String(documents))
      const figures = await measured(dir, documents, library.path)
      for (const [name, row] of Object.entries(ROWS) as [Figure, Row][]) {
        print(row, figures[name], tenantKb === 0 ? 0 : 1)
      }
    }
    const many = await runBenchChild<{ resident: number; reported: number; idle: number }>(
      './many-child.ts',
      [join(folder.path, 'many'), '20', '100'],
    )
    console.log(
      `20 workspaces of 100 documents: ${(many.resident / MB).toFixed(1)} MB resident each, ` +
        `${(many.reported / MB).toFixed(1)} MB reported (LightRAG 10, at most 4 wanted); ` +
        `idle ${(many.idle * 100).toFixed(2)} % of a core (LightRAG 3 %, 0 wanted)`,
    )
  } finally {
    await library.remove()
    await folder.remove()
  }
}

function print({ what, lightRag, share }: Row, ours: number, tenantKb: 0 | 1): void {
  const theirs = lightRag[tenantKb]
  const most = theirs * share[tenantKb]
  console.log(
    `${what.padEnd(26)} ours ${ours.toFixed(2).padStart(8)}  LightRAG ${String(theirs).padStart(6)}` +
      `  1/${(theirs / ours).toFixed(1).padEnd(6)} at most ${most.toFixed(1).padStart(6)}` +
      `  ${ours <= most ? 'kept' : 'MISSED'}`,
  )
}

async function measured(
  dir: string,
  documents: number,
  library: string,
): Promise<Record<Figure, number>> {
  const rag = await openLightRag({ dir, llm: scriptedModel(), embedding: hashedModel() })
  for (let from = 0; from < documents; from += BATCH) await insert(rag, from, BATCH)
  const next = await nextDocument(rag, documents)
  const removal = await deletion(rag, documents)
  await rag.close()
  const disk = await sizeOf(dir)
  const openings: number[] = []
  for (let i = 0; i < OPENINGS; i++) {
    openings.push((await runBenchChild<{ ms: number }>('./open-child.ts', [dir, library])).ms)
  }
  const warm = await openLightRag({ dir, llm: scriptedModel(), embedding: hashedModel() })
  const [naive, local, global, mix] = [
    await answers(warm, 'naive', documents),
    await answers(warm, 'local', documents),
    await answers(warm, 'global', documents),
    await answers(warm, 'mix', documents),
  ]
  await warm.close()
  return { next, delete: removal, open: median(openings), naive, local, global, mix, disk }
}

async function insert(rag: LightRag, from: number, count: number): Promise<void> {
  const notes = Array.from({ length: count }, (_, i) => sampleDocument(from + i))
  await rag.insertTexts({
    texts: notes.map(({ text }) => text),
    file_sources: notes.map(({ label }) => label),
  })
  await rag.idle()
}

/** In an engine that answers questions, so that its indexes and graph are in memory. */
async function nextDocument(rag: LightRag, documents: number): Promise<number> {
  await rag.query({ query: sampleQuestion(1), mode: 'mix' })
  const took: number[] = []
  for (let i = 0; i < NEXT_DOCUMENTS; i++) {
    took.push(await cpuOf(() => insert(rag, documents + i, 1)))
  }
  return median(took)
}

/** The documents that came last, so that the size is the nominal one afterwards. */
async function deletion(rag: LightRag, documents: number): Promise<number> {
  const { documents: last } = await rag.listDocuments({
    page_size: NEXT_DOCUMENTS,
    sort_field: 'created_at',
    sort_direction: 'desc',
  })
  const wanted = last.filter(({ file_path }) => numberOf(file_path) >= documents)
  if (wanted.length !== NEXT_DOCUMENTS) throw new Error('other documents were found')
  const took: number[] = []
  for (const { id } of wanted) {
    took.push(
      await cpuOf(async () => {
        await rag.deleteDocuments({ doc_ids: [id] })
        await rag.idle()
      }),
    )
  }
  return median(took)
}

const numberOf = (label: string) => Number(/\d+/.exec(label)?.[0])

async function answers(
  rag: LightRag,
  mode: 'naive' | 'local' | 'global' | 'mix',
  documents: number,
): Promise<number> {
  const took: number[] = []
  for (let i = 0; i < QUESTIONS; i++) {
    const query = sampleQuestion((i * 37) % documents)
    took.push(await timeOf(() => rag.query({ query, mode })))
  }
  return median(took.slice(WARMING))
}

/** Megabytes of everything but index files, which can be made again. */
async function sizeOf(dir: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(dir)) {
    const file = await stat(join(dir, name))
    if (file.isFile() && !/index|hnsw/.test(name)) bytes += file.size
  }
  return bytes / MB
}
