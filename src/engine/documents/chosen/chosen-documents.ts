import type { DocStatus } from '../../ports/document-record.ts'
import { EngineError } from '../../ports/engine-error.ts'
import type { Store } from '../../ports/store.ts'
import { yieldAheadIfDue } from '../../work/turns.ts'
import { storedStatuses } from '../list/list-documents.ts'
import { listFilter } from '../list/list-filter.ts'
import type { ChosenDocuments, ChosenResult } from './chosen-calls.ts'

/** Documents taken on at a time. */
const AT_ONCE = 200
/** Of an answer. */
const MOST_ITEMS = 1000

/** What is done with documents. */
export interface Act {
  /** Why a document is left out; null for one that is taken. */
  readonly refusal: (status: DocStatus) => string | null
  /** Does it with some that are taken. @returns ids of those with which it was done */
  readonly apply: (documentIds: readonly string[]) => Promise<readonly string[]>
  /** Whether a filter that leaves out nothing is meant. */
  readonly mayBeAll: boolean
  /** Told for those with which it was not done, though they were taken. */
  readonly unfit: string
}

/**
 * Does something with documents that are named by their ids or by a filter, some at a time, and tells
 * what came of each.
 *
 * @throws {EngineError} `invalid_argument` unless either ids or a filter is given
 */
export async function actOnChosen(
  { documents }: Pick<Store, 'documents'>,
  input: ChosenDocuments,
  act: Act,
): Promise<ChosenResult> {
  const tally = new Tally(input.dry_run ?? false)
  for await (const ids of chosen(documents, input, act.mayBeAll)) {
    await yieldAheadIfDue()
    const statuses = await documents.statusesOf(ids)
    const refusals = refusalsOf(statuses, act)
    const taken = ids.filter((id) => statuses.has(id) && !refusals.has(id))
    const done = new Set(tally.dryRun ? taken : await act.apply(taken))
    for (const id of taken) if (!done.has(id)) refusals.set(id, act.unfit)
    for (const id of ids) tally.add(id, statuses.has(id), refusals.get(id) ?? null)
  }
  return tally.result
}

function refusalsOf(statuses: ReadonlyMap<string, DocStatus>, act: Act): Map<string, string> {
  const refusals = new Map<string, string>()
  for (const [id, status] of statuses) {
    const refusal = act.refusal(status)
    if (refusal !== null) refusals.set(id, refusal)
  }
  return refusals
}

async function* chosen(
  documents: Store['documents'],
  { doc_ids: ids, filter }: ChosenDocuments,
  mayBeAll: boolean,
): AsyncGenerator<readonly string[]> {
  if (Boolean(ids) === Boolean(filter)) {
    throw new EngineError('invalid_argument', 'Name documents by doc_ids, or by a filter.')
  }
  if (ids) {
    const each = [...new Set(ids)]
    for (let from = 0; from < each.length; from += AT_ONCE) yield each.slice(from, from + AT_ONCE)
    return
  }
  const statuses = filter?.status_filters?.length ? filter.status_filters : null
  const query = { statuses: storedStatuses(statuses), filter: listFilter(filter ?? {}) }
  if (!mayBeAll && query.filter === null && query.statuses === null) {
    const message = 'This filter leaves out nothing: give it a condition.'
    throw new EngineError('invalid_argument', message)
  }
  for (let place = 0; ; ) {
    const some = await documents.matching(query, place, AT_ONCE)
    if (some.ids.length === 0) return
    yield some.ids
    place = some.place
  }
}

/** Counts, and keeps what came of the first. */
class Tally {
  readonly dryRun: boolean
  readonly #items: ChosenResult['items'][number][] = []
  #named = 0
  #matched = 0
  #accepted = 0

  constructor(dryRun: boolean) {
    this.dryRun = dryRun
  }

  get result(): ChosenResult {
    return {
      matched: this.#matched,
      accepted: this.#accepted,
      dry_run: this.dryRun,
      items: this.#items,
      items_truncated: this.#named > this.#items.length,
    }
  }

  /** @param refusal why nothing was done with it; null where it was */
  add(id: string, isThere: boolean, refusal: string | null): void {
    this.#named += 1
    if (isThere) this.#matched += 1
    if (isThere && refusal === null) this.#accepted += 1
    if (this.#items.length >= MOST_ITEMS) return
    const result = !isThere ? 'not_found' : refusal === null ? 'accepted' : 'skipped'
    this.#items.push({ id, result, reason: isThere ? refusal : 'There is no such document.' })
  }
}
