import { request } from 'node:http'
import type { AttackKind } from '../attack.ts'
import type { Caller } from '../caller.ts'
import { hub } from '../hub-graph.ts'
import { TextMaker } from '../made-text.ts'

/** Sends a request and hangs up after so long, whatever came; what came is not read. */
function leave(caller: Caller, method: string, path: string, body: object | null, ms: number) {
  const { url, headers, address } = caller.place
  const call = request(`${url}${path}`, {
    method,
    headers: { ...headers, ...(body === null ? {} : { 'content-type': 'application/json' }) },
    agent: false,
    signal: caller.signal,
    ...(address === undefined ? {} : { localAddress: address }),
  })
  let came: number | string = 'left'
  call.on('response', (answer) => {
    came = answer.statusCode ?? 0
  })
  call.on('error', () => undefined)
  call.end(body === null ? undefined : JSON.stringify(body))
  return caller.rest(ms).then(() => {
    caller.statuses.add(came)
    call.destroy()
  })
}

const head = (path: string, headers: Readonly<Record<string, string>>, length: number) =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`

/** Callers who do not stay to the end. */
export const brokenOff: AttackKind = {
  kind: 'broken-off',
  attacks: [
    {
      name: 'bodies-that-stop',
      by: 'tenant',
      lanes: 32,
      ready: (caller) => {
        const piece = Buffer.from(`{"text":"${'Ada met Bo. '.repeat(20_000)}`)
        return async () => {
          const socket = caller.open([
            head('/documents/text', caller.place.headers, 40_000_000),
            piece,
          ])
          await caller.rest(300)
          socket.destroy()
        }
      },
    },
    {
      name: 'questions-hung-up-on',
      by: 'tenant',
      lanes: 16,
      ready: (caller) => {
        const maker = new TextMaker(21)
        return async (turn) => {
          const query = `${maker.question()} ${turn} ${'Ada Bo. '.repeat(2000)}`
          await leave(caller, 'POST', '/query', { query }, 5 + (turn % 5) * 10)
        }
      },
    },
    {
      name: 'streams-abandoned',
      by: 'tenant',
      lanes: 32,
      ready: (caller) => {
        const maker = new TextMaker(22)
        return async (turn) => {
          const body = { query: `${maker.question()} ${turn}` }
          await leave(caller, 'POST', '/query/stream', body, 30 + (turn % 5) * 100)
        }
      },
    },
    {
      name: 'exports-that-nobody-reads',
      by: 'tenant',
      lanes: 24,
      ready: async (caller) => {
        await caller.land('/documents/custom_kg', hub('Hub', 8000, 'hub'))
        return () => leave(caller, 'GET', '/graph/export?format=xlsx', null, 5000)
      },
    },
    {
      name: 'uploads-that-stop',
      by: 'tenant',
      lanes: 24,
      ready: (caller) => {
        const headers = Object.entries(caller.place.headers).map(([n, v]) => `${n}: ${v}\r\n`)
        const begin = `POST /documents/upload HTTP/1.1\r\nHost: a\r\n${headers.join('')}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 90000000\r\n\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="`
        return async (turn) => {
          const socket = caller.open([
            `${begin}a-${turn}.txt"\r\n\r\n`,
            Buffer.alloc(2_000_000, 'a '),
          ])
          await caller.rest(500)
          socket.destroy()
        }
      },
    },
  ],
}
