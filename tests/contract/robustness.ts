import { connect } from 'node:net'
import fc from 'fast-check'
import { RestClient, type TestServer } from '../routes/rest-client.ts'
import { hostileBytes } from './hostile-bytes.ts'
import { describedEndpoints, type Endpoint, type JsonSchema } from './openapi-document.ts'
import { replyCheck } from './reply-check.ts'
import { fitting, mutated } from './schema-arbitrary.ts'

export interface Assault {
  readonly requests: number
  readonly seed: number
  /** Requests under way at once. */
  readonly width: number
}

export interface Outcome {
  /** By status; `closed` where the server hung up without a word. */
  readonly counts: ReadonlyMap<string, number>
  /** Replies that must not be: a fault of the server, none in time, or one not described. */
  readonly faults: readonly string[]
}

/** One in so many is bytes on a socket. */
const RAW_SHARE = 10
const PATIENCE_MS = 120_000

interface Shot {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** Sends requests that fit the description, requests that nearly fit it, and garbage. */
export async function assault(server: TestServer, plan: Assault): Promise<Outcome> {
  const endpoints = await describedEndpoints()
  const check = await replyCheck()
  const rest = new RestClient(server, check)
  const counts = new Map<string, number>()
  const faults: string[] = []
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)
  const shots = fc.sample(fc.oneof(...endpoints.map(shotAt)), {
    seed: plan.seed,
    numRuns: plan.requests,
  })
  const bytes = fc.sample(hostileBytes, {
    seed: plan.seed,
    numRuns: Math.ceil(plan.requests / RAW_SHARE),
  })
  const queue = shots.entries()
  const worker = async () => {
    for (const [i, shot] of queue) {
      const raw = i % RAW_SHARE === 0 ? bytes[i / RAW_SHARE] : undefined
      const answer = raw === undefined ? await fire(rest, shot) : await throwAt(server, raw)
      count(answer.what)
      if (answer.fault) faults.push(answer.fault)
    }
  }
  await Promise.all(Array.from({ length: plan.width }, worker))
  return { counts, faults }
}

interface Answer {
  readonly what: string
  readonly fault?: string
}

async function fire(rest: RestClient, { method, path, headers, body }: Shot): Promise<Answer> {
  const sent = `${method} ${path} ${JSON.stringify(headers)} ${body?.slice(0, 500)}`
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const { status, text } = await rest.send(path, {
      method,
      headers,
      signal,
      ...(body === undefined ? {} : { body }),
    })
    const what = String(status)
    // The models are within the process, so nothing can be out of reach.
    return status < 500 ? { what } : { what, fault: `${sent} → ${status} ${text}` }
  } catch (error) {
    return { what: 'fault', fault: `${sent} → ${String(error)}` }
  }
}

function throwAt({ baseUrl }: TestServer, bytes: Uint8Array): Promise<Answer> {
  const { hostname, port } = new URL(baseUrl)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    let answer = ''
    socket.setTimeout(PATIENCE_MS, () => socket.destroy())
    socket.on('data', (data) => {
      answer += data.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]
      const what = `raw ${status ?? 'closed'}`
      const fault = `${JSON.stringify(Buffer.from(bytes).toString('latin1'))} → ${answer}`
      // 505 is how Node tells of a version of HTTP that it does not speak.
      resolve(Number(status) >= 500 && status !== '505' ? { what, fault } : { what })
    })
    socket.end(bytes)
  })
}

function shotAt({ method, path, operation }: Endpoint): fc.Arbitrary<Shot> {
  const parameters = operation.parameters ?? []
  const values = fc.record(
    Object.fromEntries(parameters.map(({ name, schema }) => [name, roughly(schema)])),
    { requiredKeys: parameters.filter((p) => p.in === 'path').map(({ name }) => name) },
  )
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  const body = media === undefined ? fc.constant(undefined) : bodyOf(media.schema)
  const types = fc.oneof(
    { weight: 9, arbitrary: fc.constant(type === 'multipart/form-data' ? FORM : type) },
    { weight: 1, arbitrary: fc.constantFrom('text/plain', 'application/json; charset=x', FORM) },
  )
  return fc.tuple(values, body, types).map(([given, content, contentType]) => ({
    method,
    path: pathOf(path, parameters, given),
    headers:
      content === undefined || contentType === undefined ? {} : { 'content-type': contentType },
    body: content,
  }))
}

const FORM = 'multipart/form-data; boundary=b'

function roughly(schema: JsonSchema): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 3, arbitrary: fitting(schema) },
    { weight: 1, arbitrary: fitting({ type: ['string', 'integer', 'boolean'] }) },
  )
}

function bodyOf(schema: JsonSchema): fc.Arbitrary<string> {
  const value = fitting(schema)
  const whole = value.map((item) => JSON.stringify(item))
  return fc.oneof(
    { weight: 4, arbitrary: whole },
    { weight: 4, arbitrary: value.chain(mutated).map((item) => JSON.stringify(item) ?? '') },
    { weight: 1, arbitrary: fc.tuple(whole, fc.nat()).map(([text, at]) => text.slice(0, at % 50)) },
    { weight: 1, arbitrary: fc.string({ maxLength: 100 }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.string({ maxLength: 20 }), fc.string({ maxLength: 200 }))
        .map(([name, text]) => formText(name, text)),
    },
  )
}

function formText(name: string, text: string): string {
  const head = `Content-Disposition: form-data; name="file"; filename="${name}.txt"`
  return `--b\r\n${head}\r\n\r\n${text}\r\n--b--\r\n`
}

function pathOf(
  path: string,
  parameters: NonNullable<Endpoint['operation']['parameters']>,
  given: Record<string, unknown>,
): string {
  const written = (value: unknown) =>
    encodeURIComponent(String(value).replaceAll(/[\ud800-\udfff]/g, '?'))
  const filled = path.replaceAll(
    /\{(\w+)\}/g,
    (_all, name: string) => written(given[name]) || '%20',
  )
  const query = parameters
    .filter((parameter) => parameter.in === 'query' && given[parameter.name] !== undefined)
    .map(({ name }) => `${name}=${written(given[name])}`)
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`
}

/** The counts in one line each, most frequent first. */
export function told({ counts }: Outcome): string {
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([what, number]) => `  ${String(number).padStart(7)}  ${what}`)
    .join('\n')
}
