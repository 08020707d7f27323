import type { NewDocument } from '../../src/engine/ports/document-record.ts'
import { newDocument } from './samples.ts'

/** Each came as a file. */
export function manyDocuments(count: number): NewDocument[] {
  return Array.from({ length: count }, (_, index) =>
    newDocument(`d${index}`, { storedFile: `d${index}.txt` }),
  )
}
