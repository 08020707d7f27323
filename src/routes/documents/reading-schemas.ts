import { Type } from 'typebox'
import { LARGEST_COUNT, LONGEST } from '../common-schemas.ts'
import { Chunk, Chunks } from './document-schemas.ts'

export const TextQuery = Type.Object({
  from: Type.Integer({
    minimum: 0,
    maximum: LARGEST_COUNT,
    default: 0,
    description: 'In UTF-16 units, as JavaScript counts',
  }),
  to: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 2 * LARGEST_COUNT,
      description: 'Exclusive; 65,536 behind `from` at most, and unless given',
    }),
  ),
  outline: Type.Boolean({
    default: false,
    description: 'Whether `headings` and `pages` are those of the whole text',
  }),
})

export const TextReply = Type.Object({
  document_id: Type.String(),
  length: Type.Integer({ description: 'Of the whole text; 0 before it is read' }),
  from: Type.Integer(),
  to: Type.Integer(),
  text: Type.String(),
  headings: Type.Immutable(
    Type.Array(Type.Object({ level: Type.Integer(), title: Type.String(), start: Type.Integer() })),
  ),
  pages: Type.Immutable(
    Type.Array(Type.Object({ page: Type.Integer(), start: Type.Integer() }), {
      description: 'The first is that on which the part begins',
    }),
  ),
  outline_truncated: Type.Boolean({ description: 'Whether 5,000 of either were not enough' }),
})

export const ChunkParams = Type.Object({ chunk_id: Type.String({ maxLength: LONGEST.name }) })

export const ChunkQuery = Type.Object({
  around: Type.Integer({
    minimum: 0,
    maximum: 5,
    default: 1,
    description: 'Neighbours on each side',
  }),
})

export const ChunkReply = Type.Object({
  chunk: Chunk,
  document_id: Type.String(),
  file_path: Type.String(),
  previous: Chunks,
  next: Chunks,
})
