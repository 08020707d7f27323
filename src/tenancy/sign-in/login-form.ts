import type { FastifyRequest } from 'fastify'

/** One entry of a 422 body, in FastAPI's shape. */
export interface FormProblem {
  readonly type: string
  readonly loc: readonly ['body', string]
  readonly msg: string
  readonly input: unknown
  readonly ctx?: { readonly pattern: string }
}

const FORM = /^(?:multipart\/form-data|application\/x-www-form-urlencoded)/i

export type LoginForm =
  | { readonly username: string; readonly password: string }
  | { readonly problems: readonly FormProblem[] }

/** Reads the form of `POST /login`, urlencoded or multipart. Any other body has no fields. */
export async function readLoginForm(request: FastifyRequest): Promise<LoginForm> {
  const fields = await formFields(request)
  const username = fields.get('username')
  const password = fields.get('password')
  const grantType = fields.get('grant_type')
  const problems: FormProblem[] = []
  if (grantType !== undefined && grantType !== 'password') problems.push(badGrant(grantType))
  const hint = isForm(request) ? '' : ': send a form, as application/x-www-form-urlencoded'
  if (!username) problems.push(missing('username', hint))
  if (!password) problems.push(missing('password', hint))
  if (!username || !password || problems.length > 0) return { problems }
  return { username, password }
}

function isForm({ headers }: FastifyRequest): boolean {
  return FORM.test(headers['content-type'] ?? '')
}

async function formFields(request: FastifyRequest): Promise<Map<string, string>> {
  const type = request.headers['content-type']?.toLowerCase() ?? ''
  if (type.startsWith('multipart/form-data')) return multipartFields(request)
  if (type.startsWith('application/x-www-form-urlencoded')) return textFields(request.body)
  return new Map()
}

function textFields(body: unknown): Map<string, string> {
  if (typeof body !== 'object' || body === null) return new Map()
  const entries = Object.entries(body)
  return new Map(
    entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}

async function multipartFields(request: FastifyRequest): Promise<Map<string, string>> {
  const fields = new Map<string, string>()
  const limits = { fields: 8, files: 0, parts: 8, fieldSize: 4096 }
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field' && typeof part.value === 'string') {
        fields.set(part.fieldname, part.value)
      }
    }
  } catch (error) {
    // What goes beyond a limit has a status of its own; a form that is none has no fields.
    if (error instanceof Error && 'statusCode' in error) throw error
    return new Map()
  }
  return fields
}

function missing(field: string, hint: string): FormProblem {
  return { type: 'missing', loc: ['body', field], msg: `Field required${hint}`, input: null }
}

function badGrant(value: string): FormProblem {
  const pattern = '^password$'
  return {
    type: 'string_pattern_mismatch',
    loc: ['body', 'grant_type'],
    msg: `String should match pattern '${pattern}'`,
    input: value,
    ctx: { pattern },
  }
}
