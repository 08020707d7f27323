import type { AttackKind } from '../attack.ts'

const closed = (socket: { once(event: 'close', done: () => void): unknown }) =>
  new Promise<void>((resolve) => socket.once('close', resolve))

/** What can be done to a server before a request is there. */
export const connections: AttackKind = {
  kind: 'connections',
  attacks: [
    {
      name: 'thousand-silent-connections',
      by: 'stranger',
      lanes: 1000,
      ready: (caller) => () => closed(caller.open([])),
    },
    {
      name: 'heads-without-end',
      by: 'stranger',
      lanes: 200,
      ready: (caller) => async () => {
        const lines = Array.from({ length: 10_000 }, (_, i) => `X-Field-${i}: ${i}\r\n`)
        await closed(caller.open(['GET /health HTTP/1.1\r\nHost: a\r\n', ...lines], 50))
      },
    },
    {
      name: 'flood-of-headers',
      by: 'stranger',
      lanes: 16,
      ready: (caller) => {
        const headers = Object.fromEntries(
          Array.from({ length: 700 }, (_, i) => [`x-a-${i}`, '1234']),
        )
        return async () => {
          await caller.bare('GET', '/health', undefined, headers)
        }
      },
    },
    {
      name: 'heads-that-are-too-large',
      by: 'stranger',
      lanes: 16,
      ready: (caller) => async () => {
        const socket = caller.open([
          `GET /health HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(200_000)}\r\n\r\n`,
        ])
        await Promise.race([closed(socket), caller.rest(500)])
        socket.destroy()
      },
    },
    {
      name: 'requests-in-one-breath',
      by: 'stranger',
      lanes: 4,
      ready: (caller) => {
        const many = 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(500)
        return async () => {
          const socket = caller.open([many])
          socket.resume()
          await Promise.race([closed(socket), caller.rest(1000)])
          socket.destroy()
        }
      },
    },
    {
      name: 'opened-and-reset',
      by: 'stranger',
      lanes: 16,
      ready: (caller) => async () => {
        const socket = caller.open(['POST /query HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n'])
        await caller.rest(1)
        socket.resetAndDestroy()
      },
    },
    {
      name: 'what-is-no-request',
      by: 'stranger',
      lanes: 16,
      ready: (caller) => async (turn) => {
        const noise = turn % 2 === 0 ? '\u0016\u0003\u0001'.repeat(500) : 'G'.repeat(100_000)
        const socket = caller.open([noise])
        await Promise.race([closed(socket), caller.rest(500)])
        socket.destroy()
      },
    },
  ],
}
