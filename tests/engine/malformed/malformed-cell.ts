import type { RecordedCall } from '../../fixtures/model-server/recorded-call.ts'
import { type Malformation, type Meaning, meaningFor, type ReplyRole } from './malformation.ts'
import { CHATS } from './malformed-chats.ts'
import { RANKINGS } from './malformed-rankings.ts'
import { STREAMS } from './malformed-streams.ts'
import { TRANSPORT } from './malformed-transport.ts'
import { VECTORS } from './malformed-vectors.ts'

/** One reply of one role that is not what it should be. */
export interface Cell {
  /** Stands in all that is asked of models for it, and nowhere else. */
  readonly mark: string
  readonly role: ReplyRole
  readonly malformation: Malformation
  readonly meaning: Meaning
}

export const MALFORMATIONS: Readonly<Record<ReplyRole, readonly Malformation[]>> = {
  extraction: [...TRANSPORT, ...CHATS],
  gleaning: [...TRANSPORT, ...CHATS],
  summary: [...TRANSPORT, ...CHATS],
  'embedding of documents': [...TRANSPORT, ...VECTORS],
  keywords: [...TRANSPORT, ...CHATS],
  answer: [...TRANSPORT, ...STREAMS],
  'streamed answer': [...TRANSPORT, ...STREAMS],
  'embedding of questions': [...TRANSPORT, ...VECTORS],
  rerank: [...TRANSPORT, ...RANKINGS],
}

export const ROLES = Object.keys(MALFORMATIONS) as ReplyRole[]

/** All cells, each with a mark of its own. */
export const CELLS: readonly Cell[] = ROLES.flatMap((role) =>
  MALFORMATIONS[role].map((malformation) => ({ role, malformation })),
).map(({ role, malformation }, place) => ({
  mark: `q${String(place).padStart(4, '0')}q`,
  role,
  malformation,
  meaning: meaningFor(malformation, role),
}))

const BY_MARK = new Map(CELLS.map((cell) => [cell.mark, cell]))

/** The cell for which a call asks, if it is of the cell's role. */
export function cellOf(call: RecordedCall): Cell | null {
  const [mark = ''] = /q\d{4}q/.exec(saidIn(call)) ?? []
  const cell = BY_MARK.get(mark)
  if (cell === undefined || !isCallOf(cell.role, call)) return null
  return cell
}

function saidIn({ kind, messages, texts, body, stream }: RecordedCall): string {
  if (kind === 'rerank') return String(body.query)
  // The context of an answer may speak of other cells.
  if (stream) return messages.at(-1)?.content ?? ''
  return [...messages.map(({ content }) => content), ...texts].join('\n')
}

export const isSummary = (last: string) => last.startsWith('Below are descriptions')
export const isKeywords = (last: string) => last.startsWith('A search over a knowledge graph')

function isCallOf(role: ReplyRole, { kind, messages, stream }: RecordedCall): boolean {
  if (kind === 'rerank') return role === 'rerank'
  if (kind === 'embed') return role.startsWith('embedding')
  if (stream) return role.endsWith('answer')
  const last = messages.at(-1)?.content ?? ''
  if (isSummary(last)) return role === 'summary'
  if (isKeywords(last)) return role === 'keywords'
  const isGleaning = messages.some(({ content }) => content.startsWith('Compare your records'))
  return role === (isGleaning ? 'gleaning' : 'extraction')
}
