import type { AttackKind } from '../attack.ts'

const MB = 2 ** 20
const JSON_HEADERS = { 'content-type': 'application/json' }
const FORM_HEADERS = { 'content-type': 'application/x-www-form-urlencoded' }

/** Many small values: a parser makes far more memory of them than they are bytes. */
const manyValues = (bytes: number) =>
  Buffer.from(`{"token":"x","y":[${'{"a":{}},'.repeat(bytes / 9).slice(0, -1)}]}`)

/** Bodies of nobody, on routes that ask for no credential, and on those that do. */
export const strangersBodies: AttackKind = {
  kind: 'strangers',
  attacks: [
    {
      name: 'invitation-of-45-MB',
      by: 'stranger',
      managed: true,
      ready: (caller) => {
        const body = manyValues(45 * MB)
        return async () => {
          await caller.bare('POST', '/api/v1/invitations/accept', body, JSON_HEADERS)
        }
      },
    },
    {
      name: 'login-of-45-MB',
      by: 'stranger',
      ready: (caller) => {
        const body = Buffer.from(`username=${'a=b&'.repeat((45 * MB) / 4)}`)
        return async () => {
          await caller.bare('POST', '/login', body, FORM_HEADERS)
        }
      },
    },
    {
      name: 'login-without-end',
      by: 'stranger',
      ready: (caller) => {
        const piece = Buffer.alloc(64 * 1024, 'a=b&')
        async function* pieces() {
          while (!caller.signal.aborted) yield piece
        }
        return async () => {
          await caller.bare('POST', '/login', pieces(), FORM_HEADERS)
        }
      },
    },
    {
      name: 'question-without-key',
      by: 'stranger',
      ready: (caller) => {
        const body = manyValues(45 * MB)
        return async () => {
          await caller.bare('POST', '/query', body, JSON_HEADERS)
        }
      },
    },
    {
      name: 'length-that-lies',
      by: 'stranger',
      lanes: 8,
      ready: (caller) => async (turn) => {
        const length = turn % 2 === 0 ? 10 : 10_000_000_000
        const head = `POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${length}\r\n\r\n`
        const socket = caller.open([head, Buffer.alloc(MB, 'a=b&')])
        await caller.rest(200)
        socket.destroy()
      },
    },
    {
      name: 'bodies-byte-by-byte',
      by: 'stranger',
      lanes: 150,
      ready: (caller) => async () => {
        const head =
          'POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9000\r\n\r\n'
        const socket = caller.open([head, ...'u'.repeat(9000)], 100)
        await new Promise((resolve) => socket.once('close', resolve))
      },
    },
  ],
}
