import { readFile } from 'node:fs/promises'
import { DESCRIPTION_FILE } from './api-description.ts'
import { resolved } from './schema-check.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

export interface Media {
  readonly schema: JsonSchema
  readonly example?: unknown
}

export interface DescribedReply {
  readonly description: string
  readonly content?: Readonly<Record<string, Media>>
}

export interface DescribedParameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: JsonSchema
}

export interface DescribedOperation {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly operationId: string
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters?: readonly DescribedParameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> }
  readonly responses: Readonly<Record<string, DescribedReply>>
}

export interface Endpoint {
  /** As in `GET`. */
  readonly method: string
  /** As in `/documents/track_status/{track_id}`. */
  readonly path: string
  readonly operation: DescribedOperation
}

/** Every operation that docs/openapi.json describes, without references. */
export async function describedEndpoints(): Promise<Endpoint[]> {
  const document = JSON.parse(await readFile(DESCRIPTION_FILE, 'utf8'))
  const { paths } = resolved(document, document) as {
    paths: Record<string, Record<string, DescribedOperation>>
  }
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  )
}
