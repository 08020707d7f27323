import type { ErrorDoc, MediaDoc, OperationDoc } from './operation-doc.ts'
import type { StatedRoute } from './stated-routes.ts'

/**
 * Who may use a route: everybody, everybody and more with a credential, callers with one, or those
 * without the choice of a workspace.
 */
type Access = 'public' | 'optional' | 'required' | 'account'

interface Media {
  schema?: Schema
  example?: unknown
}

interface Schema {
  type?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  default?: unknown
  [keyword: string]: unknown
}

interface Reply {
  $ref?: string
  description?: string
  content?: Record<string, Media>
}

interface Parameter {
  $ref?: string
  in?: string
  required?: boolean
  schema?: Schema
}

/** An operation as the generator leaves it, as far as it is read here. */
export interface Operation {
  tags?: string[]
  summary?: string
  operationId?: string
  description?: string
  deprecated?: boolean
  security?: Record<string, string[]>[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, Media> }
  responses: Record<string, Reply>
}

const JSON_TYPE = 'application/json'

/**
 * Completes an operation with what its schemas do not say: words, examples, credentials, errors.
 *
 * @param route method and route, as in `'POST /documents/text'`
 */
export function describeOperation(
  operation: Operation,
  route: string,
  stated: Pick<StatedRoute, 'access' | 'doc'> | undefined,
): void {
  const doc = stated?.doc
  const access = toldAccess(stated?.access)
  operation.operationId = operationId(route)
  operation.security = securityOf(access)
  if (access === 'optional' || access === 'required') {
    operation.parameters = [
      ...(operation.parameters ?? []),
      { $ref: '#/components/parameters/Workspace' },
    ]
  }
  for (const parameter of operation.parameters ?? []) relaxParameter(parameter)
  if (doc !== undefined) tell(operation, doc)
  for (const media of Object.values(operation.requestBody?.content ?? {})) relax(media.schema)
  for (const status of errorsOf(operation, route, doc, access)) {
    operation.responses[status] ??= { $ref: `#/components/responses/Status${status}` }
  }
}

function toldAccess(stated: StatedRoute['access']): Access {
  const access = typeof stated === 'object' ? stated.access : stated
  const told = access === 'public' || access === 'optional' || access === 'account'
  return told ? access : 'required'
}

function tell(operation: Operation, doc: OperationDoc): void {
  operation.tags = [doc.tag]
  operation.summary = doc.summary
  if (doc.description !== undefined) operation.description = doc.description
  if (doc.deprecated === true) operation.deprecated = true
  if (doc.body !== undefined) {
    operation.requestBody ??= { required: true, content: {} }
    addMedia(operation.requestBody.content, doc.body)
  }
  const nothing = operation.responses[204]
  if (nothing !== undefined) nothing.description = 'It is done'
  if (doc.reply === undefined) return
  const status = Object.keys(operation.responses).find((code) => code.startsWith('2')) ?? '200'
  const reply = operation.responses[status] ?? { description: '' }
  operation.responses[status] = reply
  reply.description = 'What was asked for'
  reply.content ??= {}
  for (const media of [doc.reply, ...(doc.alternatives ?? [])]) addMedia(reply.content, media)
}

function addMedia(content: Record<string, Media>, doc: MediaDoc): void {
  const type = doc.type ?? JSON_TYPE
  const media = content[type] ?? {}
  content[type] = media
  if (doc.schema !== undefined) media.schema = { ...doc.schema }
  media.example = doc.example
}

/** Says what is special about errors here, and gives back the statuses of the others. */
function errorsOf(
  operation: Operation,
  route: string,
  doc: OperationDoc | undefined,
  access: Access,
): Set<number> {
  const body = operation.requestBody !== undefined
  const checked = body || (operation.parameters ?? []).some((parameter) => !parameter.$ref)
  const statuses = [
    access === 'public' ? [503] : [400, 401, 403, 429, 503],
    body ? [413, 415] : [],
    checked ? [422] : [],
    doc?.asksModels === true ? [402, 502] : [],
    route.startsWith('GET ') || access === 'public' ? [] : [507],
  ].flat()
  const errors = new Set(statuses)
  for (const [status, meaning] of Object.entries(doc?.errors ?? {})) {
    errors.delete(Number(status))
    if (meaning !== null) operation.responses[status] = errorReply(meaning)
  }
  return errors
}

function errorReply(meaning: string | ErrorDoc): Reply {
  const { description, schema } =
    typeof meaning === 'string' ? { description: meaning, schema: ERROR } : meaning
  return { description, content: { [JSON_TYPE]: { schema: { ...schema } } } }
}

const ERROR = { $ref: '#/components/schemas/Error' }

function securityOf(access: Access): Record<string, string[]>[] {
  const ways = [{ ApiKey: [] }, { Bearer: [] }]
  if (access === 'public') return []
  return access === 'optional' ? [{}, ...ways] : ways
}

function relaxParameter(parameter: Parameter): void {
  if (parameter.in === 'query' && parameter.schema?.default !== undefined) {
    parameter.required = false
  }
}

/** A field with a default need not be sent, though it is always there when the handler sees it. */
function relax(schema: Schema | undefined): void {
  if (schema === undefined) return
  const { properties = {}, required, items } = schema
  const needed = required?.filter((name) => properties[name]?.default === undefined)
  if (needed !== undefined && needed.length > 0) schema.required = needed
  else delete schema.required
  for (const property of Object.values(properties)) relax(property)
  relax(items)
}

function operationId(route: string): string {
  const [method = '', path = ''] = route.split(' ')
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  return [method.toLowerCase(), ...words.map(capitalised)].join('')
}

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}
