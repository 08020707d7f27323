import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { timerMs } from '../../engine/work/timer-ms.ts'
import { answerBadHttp } from '../errors/bad-http.ts'

export interface BodyDeadlines {
  /** Within which a small body has to be there, in milliseconds. */
  readonly smallBodyMs: number
  /** Longest wait for the next bytes of a large body, in milliseconds. */
  readonly silenceMs: number
}

/** A route that takes no longer body than this has a small one: 256 kB, at 13 kB/s within 20 s. */
const SMALL_BYTES = 256 * 1024
/** Of bytes that lie in the socket while the process was busy with something else. */
const GRACE_MS = 1000

/**
 * Closes the connection of a client that sends a head and keeps the body back, whoever it is and
 * whether or not the request was refused meanwhile. Uploads take their time; they may only not fall
 * silent.
 */
export function boundBodies(app: FastifyInstance, deadlines: BodyDeadlines): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { headers } = request.raw
    const announced = headers['content-length'] ?? headers['transfer-encoding']
    if (announced !== undefined && announced !== '0') watch(request, reply, deadlines)
    done()
  })
}

function watch(request: FastifyRequest, reply: FastifyReply, deadlines: BodyDeadlines): void {
  const { raw } = request
  const { socket } = raw
  const small = request.is404 || request.routeOptions.bodyLimit <= SMALL_BYTES
  const waitMs = small ? deadlines.smallBodyMs : deadlines.silenceMs
  let seen = socket.bytesRead
  let last = false
  const look = () => {
    // An injected request has no connection.
    if (raw.complete !== false) return
    const read = socket.bytesRead
    // A full buffer waits for us, not for the client.
    const goesOn = read !== seen || raw.readableLength >= raw.readableHighWaterMark
    seen = read
    if (!small && goesOn) arm(waitMs, false)
    else if (!last) arm(GRACE_MS, true)
    else cutOff(request, reply)
  }
  let timer = setTimeout(look, timerMs(waitMs)).unref()
  const arm = (ms: number, isLast: boolean) => {
    clearTimeout(timer)
    last = isLast
    timer = setTimeout(look, timerMs(ms)).unref()
  }
  raw.once('close', () => clearTimeout(timer))
}

function cutOff(request: FastifyRequest, reply: FastifyReply): void {
  request.log.info('the body did not arrive in time')
  const { socket } = request.raw
  if (reply.raw.headersSent) socket.destroy()
  else answerBadHttp({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, socket)
}
