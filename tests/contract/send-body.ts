import { connect, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

export interface SentBody {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** A number: only this length is told, and no byte is sent before an answer has come. */
  readonly body: Buffer | number
  /** Whether it comes without its length, as far as an answer lets it. */
  readonly chunked?: boolean
  /** Where the connection comes from; servers count attempts by it. */
  readonly from?: string
}

export interface BodyAnswer {
  /** 0 when the server hung up without a word. */
  readonly status: number
  readonly text: string
  /** Bytes of the body that the system took off our hands before the answer was there. */
  readonly sent: number
}

const PIECE = 16 * 1024
const PATIENCE_MS = 60_000

/** One request over a socket of its own, which stops sending when it is answered. */
export async function sendBody(url: string, request: SentBody): Promise<BodyAnswer> {
  const { hostname, port } = new URL(url)
  const { method, path, headers, body, chunked = false, from } = request
  const socket = connect({
    port: Number(port),
    host: hostname,
    ...(from === undefined ? {} : { localAddress: from }),
  })
  try {
    const answer = answerOn(socket)
    const length = typeof body === 'number' ? body : body.length
    const framing = chunked
      ? { 'transfer-encoding': 'chunked' }
      : { 'content-length': String(length) }
    const lines = Object.entries({ host: 'localhost', ...headers, ...framing })
    socket.write(
      `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    )
    const sent = typeof body === 'number' ? 0 : await push(socket, body, chunked, answer)
    return { ...(await answer), sent }
  } finally {
    socket.destroy()
  }
}

/** Everything that is said on a socket, once a whole head and some of a body is there. */
function answerOn(socket: Socket): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    let text = ''
    const done = () => {
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
      resolve({ status, text: text.slice(text.indexOf('\r\n\r\n') + 4) })
    }
    socket.setTimeout(PATIENCE_MS, () => socket.destroy())
    socket.on('data', (data) => {
      text += data.toString('latin1')
      if (text.includes('}')) done()
    })
    socket.on('error', () => {})
    socket.on('close', done)
  })
}

async function push(
  socket: Socket,
  body: Buffer,
  chunked: boolean,
  answer: Promise<unknown>,
): Promise<number> {
  let answered = false
  const ended = answer.then(() => {
    answered = true
  })
  let sent = 0
  while (sent < body.length && !answered && !socket.destroyed) {
    const piece = body.subarray(sent, sent + PIECE)
    sent += piece.length
    if (chunked) socket.write(`${piece.length.toString(16)}\r\n`)
    const flushed = new Promise<void>((resolve) => socket.write(piece, () => resolve()))
    if (chunked) socket.write('\r\n')
    await Promise.race([flushed, ended])
    // An answer is looked for only between turns.
    await nextTurn()
  }
  if (chunked && !answered && !socket.destroyed) socket.write('0\r\n\r\n')
  return sent
}
