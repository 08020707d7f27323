import { Type } from 'typebox'
import type { MetadataValue } from '../engine/retrieve/query-calls.ts'
import { LONGEST, MOST } from './common-schemas.ts'

const SCALAR = ['string', 'number', 'boolean', 'null']
const scalar = {
  maxLength: LONGEST.file,
  minimum: -Number.MAX_VALUE,
  maximum: Number.MAX_VALUE,
}

/** Which fields of metadata documents must have. */
export const MetadataFilter = Type.Unsafe<Record<string, MetadataValue | MetadataValue[]> | null>({
  type: ['object', 'null'],
  maxProperties: 64,
  additionalProperties: {
    type: [...SCALAR, 'array'],
    ...scalar,
    items: { type: SCALAR, ...scalar },
    maxItems: MOST.ids,
  },
  description: 'Fields with the value, or a list of values of which one will do',
})
