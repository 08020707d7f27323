import { settled } from '../served-engine.ts'
import type { EveryRoleEngine } from './every-role-engine.ts'
import type { Cell } from './malformed-cell.ts'

/** What became of the document of a cell. */
export interface DocumentOutcome {
  readonly status: string | undefined
  /** Why chunks are set aside, by their ordinals. */
  readonly setAside: ReadonlyMap<number, string>
  /** Names of entities, of those that the text names. */
  readonly named: readonly string[]
  /** Of the entity that several passages describe. */
  readonly description: string
}

const BY_LINE = {
  strategy: 'fixed_token',
  params: { split_by_character: '\n', split_by_character_only: true },
} as const

const numberOf = ({ mark }: Cell) => mark.slice(1, -1)
export const fileOf = (cell: Cell) => `cell-${numberOf(cell)}.txt`

/** In each text the cell's mark stands in a line of its own, which is a chunk; others stand beside it. */
export function textOf(cell: Cell): string {
  const n = numberOf(cell)
  switch (cell.role) {
    case 'summary':
      return [1, 2, 3].map((pier) => `Beacon${n} stands at pier ${pier} ${cell.mark}.`).join('\n')
    case 'embedding of documents':
      return `plain words of ${n}.\nhere is ${cell.mark} inside.`
    default:
      return `Good Harbour${n} stands.\nMast${n} holds Rope${n} ${cell.mark}.`
  }
}

/** The entities that the text of a cell names. */
export function namesIn(cell: Cell): string[] {
  const isNamed = cell.role === 'extraction' || cell.role === 'gleaning'
  return isNamed ? ['Mast', 'Rope'].map((word) => `${word}${numberOf(cell)}`) : []
}

/** What is said of the entity that several passages describe. */
export const descriptionsIn = ({ mark }: Cell): string[] =>
  [1, 2, 3].map((pier) => `Beacon at pier ${pier}, ${mark}.`)

export async function takeIn(
  { rag }: EveryRoleEngine,
  texts: ReadonlyMap<string, string>,
): Promise<void> {
  await rag.insertTexts({
    texts: [...texts.values()],
    file_sources: [...texts.keys()],
    chunking: BY_LINE,
  })
}

/** Has the chunks that are set aside asked about again. */
export async function askAgain(engine: EveryRoleEngine): Promise<void> {
  const { documents } = await engine.rag.listDocuments({ page_size: 1000 })
  for (const { id, metadata } of documents) {
    if (metadata?.chunks_set_aside) await engine.rag.retryChunks(id)
  }
  await settled(engine)
}

/** By the marks of the cells. */
export async function outcomesOf(
  { rag }: EveryRoleEngine,
  cells: readonly Cell[],
): Promise<Map<string, DocumentOutcome>> {
  const { documents } = await rag.listDocuments({ page_size: 1000 })
  const byFile = new Map(documents.map((document) => [document.file_path, document]))
  const entityNames = new Set(await rag.entityNames())
  const outcomes = new Map<string, DocumentOutcome>()
  for (const cell of cells) {
    const { id = '', status } = byFile.get(fileOf(cell)) ?? {}
    const { chunks } = await rag.documentChunks(id, { status: 'set_aside' })
    const beacon = `Beacon${numberOf(cell)}`
    const described = entityNames.has(beacon) ? (await rag.subgraph({ label: beacon })).nodes : []
    const found = described.find(({ id: name }) => name === beacon)
    outcomes.set(cell.mark, {
      status,
      setAside: new Map(chunks.map(({ ordinal, error }) => [ordinal, error ?? ''])),
      named: namesIn(cell).filter((name) => entityNames.has(name)),
      description: String(found?.properties.description ?? ''),
    })
  }
  return outcomes
}
