import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { manyUsers, startTestServer } from '../server/test-server.ts'
import { fillWorkspace } from './fill-workspace.ts'
import { compareLoads, type Load } from './load.ts'

const DOCUMENTS = 50
const HEADERS = { 'x-api-key': 'key-of-user-0' }

/** What reads, and changes nothing: a path, with a body where it is asked by POST. */
const READS: Readonly<Record<string, unknown>> = {
  '/health': undefined,
  '/auth/verify': undefined,
  '/auth/explain': undefined,
  '/documents': undefined,
  '/documents/paginated': {},
  '/documents/status_counts': undefined,
  '/documents/pipeline_status': undefined,
  '/documents/supported_file_types': undefined,
  '/documents/source_conflicts': undefined,
  '/graph/label/list': undefined,
  '/graph/label/popular': undefined,
  '/graph/label/search?q=Station': undefined,
  '/graph/entity/exists?name=Station%201': undefined,
  '/graphs?label=*&max_nodes=50': undefined,
  '/api/version': undefined,
  '/api/tags': undefined,
  '/api/ps': undefined,
  '/query/data': { query: 'Which station reports to Harbour Lane 3?' },
}

/** Each read endpoint against a bare Fastify handler that returns the same bytes. */
export async function benchEndpoints(): Promise<void> {
  const server = await startTestServer(manyUsers(1), { LOG_LEVEL: 'silent' })
  const bare = Fastify()
  const answers = new Map<string, { readonly type: string; readonly bytes: Buffer }>()
  bare.route({
    method: ['GET', 'POST'],
    url: '/*',
    handler: (request, reply) => {
      const answer = answers.get(request.url)
      return reply.type(answer?.type ?? 'text/plain').send(answer?.bytes)
    },
  })
  await bare.listen({ host: '127.0.0.1', port: 0 })
  const bareUrl = `http://127.0.0.1:${(bare.server.address() as AddressInfo).port}`
  try {
    await fillWorkspace({ baseUrl: server.url, headers: HEADERS }, DOCUMENTS)
    for (const [path, body] of Object.entries(READS)) {
      answers.set(path, await answerOf(`${server.url}${path}`, body))
      const load = (url: string): Load => ({ url: `${url}${path}`, headers: HEADERS, body })
      const ratios = await compareLoads(
        { bare: load(bareUrl), whole: load(server.url) },
        { rounds: 3, seconds: 1 },
      )
      const { whole } = ratios
      console.log(
        `${path.padEnd(40)} ${String(answers.get(path)?.bytes.length).padStart(7)} bytes, ratio ` +
          `by CPU ${whole?.cpu.toFixed(3)}, by requests/s ${whole?.perSecond.toFixed(3)}, ` +
          `${whole?.cpuUs.toFixed(0)} µs of CPU`,
      )
    }
  } finally {
    await bare.close()
    await server.close()
  }
}

async function answerOf(url: string, body: unknown) {
  const response = await fetch(url, {
    headers: { ...HEADERS, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  const type = response.headers.get('content-type') ?? 'text/plain'
  return { type, bytes: Buffer.from(await response.arrayBuffer()) }
}
