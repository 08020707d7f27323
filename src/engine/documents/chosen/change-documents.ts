import type { DocumentAnnotations } from '../../ports/document-record.ts'
import type { AnnotationChange } from '../../ports/document-store.ts'
import { EngineError } from '../../ports/engine-error.ts'
import type { Store } from '../../ports/store.ts'
import { annotationsOf } from '../document-annotations.ts'
import type { ChangeDocuments, ChosenResult } from './chosen-calls.ts'
import { actOnChosen } from './chosen-documents.ts'

/**
 * Changes what callers say of several documents.
 *
 * @throws {EngineError} `invalid_argument`
 */
export function changeDocuments(store: Store, input: ChangeDocuments): Promise<ChosenResult> {
  const changeOf = changeFor(input.change)
  return actOnChosen(store, input, {
    refusal: () => null,
    apply: (ids) => store.documents.changeAnnotations(ids, changeOf),
    mayBeAll: false,
    unfit: 'It would have too many tags.',
  })
}

/** @returns null for a document that cannot be changed so */
function changeFor({
  tags,
  add_tags = [],
  remove_tags = [],
  metadata,
  enabled,
}: ChangeDocuments['change']): (annotations: DocumentAnnotations) => AnnotationChange | null {
  const { externalId: _, ...fixed } = annotationsOf({ tags, metadata })
  const added = annotationsOf({ tags: add_tags }).tags ?? []
  const removed = new Set(annotationsOf({ tags: remove_tags }).tags ?? [])
  const isTagged = added.length + removed.size > 0
  if (isTagged && tags !== undefined) {
    const message = 'Give the tags as a whole, or those to add and remove.'
    throw new EngineError('invalid_argument', message)
  }
  const rest = { ...fixed, ...(enabled === undefined ? {} : { enabled }) }
  if (!isTagged && Object.keys(rest).length === 0) {
    throw new EngineError('invalid_argument', 'There is nothing to change.')
  }
  return (annotations) => {
    if (!isTagged) return rest
    const kept = annotations.tags.filter((tag) => !removed.has(tag))
    try {
      return { ...rest, ...annotationsOf({ tags: [...kept, ...added] }) }
    } catch (error) {
      if (error instanceof EngineError && error.code === 'invalid_argument') return null
      throw error
    }
  }
}
