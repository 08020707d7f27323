import type { Change, NewRelationFragment } from '../../src/engine/ports/change.ts'
import type { NewDocument } from '../../src/engine/ports/document-record.ts'
import { change, entity, newChunk, newDocument, OWNER, relation, said, vector } from './samples.ts'

/** Enough rows that a change takes several slices. */
export const CHUNKS = 150

export function crashDocument(number: number): NewDocument {
  return newDocument(String(number))
}

/** Publishes one document with its own entities and relations, and forgets older ones. */
export function crashChange(
  number: number,
  revision: number,
  old: readonly number[],
  size = CHUNKS,
): Change {
  return change({
    removes: old.map((id) => ({ documentId: String(id), forget: true })),
    publishes: {
      documentId: String(number),
      revision,
      owner: OWNER,
      metadata: {},
      chunks: Array.from({ length: size }, (_, ordinal) =>
        newChunk(`${number}-${ordinal}`, {
          ordinal,
          content: `A chunk of document ${number} with several words of its own`,
          vector: vector(1, ordinal),
          entities: [said(`${number}/${ordinal}`)],
          relations: ordinal === 0 ? [] : [tie(number, ordinal)],
        }),
      ),
    },
    entities: names(number, size).map((name) => entity(name)),
    relations: names(number, size)
      .slice(1)
      .map((name, index) => relation(`${number}/${index}`, name)),
    deadEntities: old.flatMap((id) => names(id)),
    deadRelations: old.flatMap((id) =>
      names(id)
        .slice(1)
        .map((name, index) => [`${id}/${index}`, name] as const),
    ),
  })
}

function tie(number: number, ordinal: number): NewRelationFragment {
  return {
    source: `${number}/${ordinal - 1}`,
    target: `${number}/${ordinal}`,
    keywords: 'next',
    description: `A relation of document ${number}`,
    weight: 1,
  }
}

export function names(number: number, size = CHUNKS): string[] {
  return Array.from({ length: size }, (_, ordinal) => `${number}/${ordinal}`)
}
