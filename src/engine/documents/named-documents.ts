import type { DocumentRecord } from '../ports/document-record.ts'
import { keptName } from '../text/kept-name.ts'
import { yieldAheadIfDue } from '../work/turns.ts'
import type { DeleteDocuments } from './document-calls.ts'

/** Documents as a caller named them, and how those names are kept here. */
export class NamedDocuments {
  readonly ids: readonly string[]
  /** As they are kept, by what was given. */
  readonly #externalIds: ReadonlyMap<string, string>
  readonly #filePaths: ReadonlyMap<string, string>

  private constructor(
    ids: readonly string[],
    externalIds: ReadonlyMap<string, string>,
    filePaths: ReadonlyMap<string, string>,
  ) {
    this.ids = ids
    this.#externalIds = externalIds
    this.#filePaths = filePaths
  }

  static async in({
    doc_ids = [],
    external_ids = [],
    file_paths = [],
  }: DeleteDocuments): Promise<NamedDocuments> {
    return new NamedDocuments(doc_ids, await keptNames(external_ids), await keptNames(file_paths))
  }

  get externalIds(): string[] {
    return [...this.#externalIds.values()]
  }

  get filePaths(): string[] {
    return [...this.#filePaths.values()]
  }

  get size(): number {
    return this.ids.length + this.#externalIds.size + this.#filePaths.size
  }

  /** What is not among the documents that were found, as the caller named it. */
  async notAmong(
    found: readonly Pick<DocumentRecord, 'id' | 'filePath' | 'annotations'>[],
  ): Promise<string[]> {
    const ids = new Set<string>()
    const externalIds = new Set<string | null>()
    const paths = new Set<string>()
    for (const { id, filePath, annotations } of found) {
      await yieldAheadIfDue()
      ids.add(id)
      externalIds.add(annotations.externalId)
      paths.add(filePath)
    }
    return [
      ...this.ids.filter((id) => !ids.has(id)),
      ...unknown(this.#externalIds, externalIds),
      ...unknown(this.#filePaths, paths),
    ]
  }
}

async function keptNames(given: readonly string[]): Promise<Map<string, string>> {
  const kept = new Map<string, string>()
  for (const name of given) {
    await yieldAheadIfDue()
    kept.set(name, keptName(name))
  }
  return kept
}

function unknown(named: ReadonlyMap<string, string>, known: ReadonlySet<string | null>): string[] {
  return [...named].filter(([, kept]) => !known.has(kept)).map(([given]) => given)
}
