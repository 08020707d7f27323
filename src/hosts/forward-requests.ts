import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Work } from '../engine/work/announced-work.ts'
import { type Admission, admissionOf } from '../tenancy/request/admission.ts'
import type { EngineHost } from './engine-host.ts'
import type { EngineHosts } from './engine-hosts.ts'
import { hostLost } from './host-lost.ts'
import { DECISION_HEADER, type DecisionSeal, decisionOf } from './sealed-decision.ts'

/** Of one connection, and not of what is said over it (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
/** Bodies up to this are kept until there is an answer, so that they can be sent once more. */
const KEPT_BYTES = 64 * 1024
/** What only reads, and may be asked a second time. */
const REPEATABLE: ReadonlySet<unknown> = new Set(['query:run', 'document:read', 'optional'])
/** A host whose socket has failed and that does not end meanwhile lives. */
const LONGEST_END_MS = 5_000

/** A request that is with a host. */
export interface Forwarded {
  readonly admission: Admission
  readonly request: FastifyRequest
  readonly host: EngineHost
}

/**
 * Hands the requests of a scope on to the hosts, once they are admitted and before a byte of their
 * bodies is read. Bodies and answers only pass through: their back-pressure, and the end of either
 * side, are those of the sockets.
 *
 * Requests without a workspace stay here.
 */
export class RequestForwarding {
  readonly #hosts: EngineHosts
  readonly #seal: DecisionSeal
  readonly #forwarded = new Map<string, Forwarded>()
  #nextId = 0

  constructor(hosts: EngineHosts, seal: DecisionSeal) {
    this.#hosts = hosts
    this.#seal = seal
  }

  /** Those that hosts have in hand, by the ids of their decisions. */
  get forwarded(): ReadonlyMap<string, Forwarded> {
    return this.#forwarded
  }

  /** Call it behind all that admits and limits requests. */
  register(scope: FastifyInstance): void {
    scope.addHook('onRequest', (request, reply, done) => {
      const admission = admissionOf(request)
      if (admission === undefined) done()
      else this.#forward(request, reply, admission).catch(done)
    })
  }

  async #forward(request: FastifyRequest, reply: FastifyReply, admission: Admission) {
    const kept = new KeptBody(request.raw)
    const isRepeatable = REPEATABLE.has(admission.rule.access)
    for (let attempt = 1; ; attempt += 1) {
      const visit = await this.#hosts.enter(admission.context.workspace)
      const { host } = visit
      const id = `${this.#nextId++}`
      this.#forwarded.set(id, { admission, request, host })
      const leave = () => {
        this.#forwarded.delete(id)
        visit.leave()
      }
      try {
        const answer = await this.#ask(request, reply, { host, id, admission, kept })
        answer.once('close', leave)
        send(reply, answer)
        return
      } catch (error) {
        leave()
        if (reply.raw.destroyed) return
        // What ended one would end the next.
        const suspect = await suspectOf(host)
        if (suspect?.request === id) throw culprit(error)
        if (attempt > 1 || !isRepeatable || !kept.isWhole) throw lost(error)
      }
    }
  }

  #ask(
    request: FastifyRequest,
    reply: FastifyReply,
    { host, id, admission, kept }: Omit<Forwarded, 'request'> & { id: string; kept: KeptBody },
  ): Promise<IncomingMessage> {
    const { method, url } = request.raw
    const headers = forwardedHeaders(request.raw)
    headers['x-request-id'] = request.id
    headers[DECISION_HEADER] = this.#seal.seal(decisionOf(id, admission, request.ip))
    return new Promise((resolve, reject) => {
      const { agent, socketPath } = host
      const outgoing = httpRequest({ agent, socketPath, method, path: url, headers })
      const abandon = () => outgoing.destroy()
      reply.raw.once('close', abandon)
      outgoing.once('response', (answer) => {
        answer.once('close', () => reply.raw.off('close', abandon))
        resolve(answer)
      })
      outgoing.once('error', (error) => {
        reply.raw.off('close', abandon)
        reject(error)
      })
      kept.sendTo(outgoing)
    })
  }
}

/** The body of a request, of which the first part is kept until nobody needs it any more. */
class KeptBody {
  readonly #body: IncomingMessage
  readonly #kept: Buffer[] = []
  #bytes = 0
  #hasBegun = false

  constructor(body: IncomingMessage) {
    this.#body = body
  }

  /** Whether all that came so far is still here. */
  get isWhole(): boolean {
    return this.#bytes <= KEPT_BYTES
  }

  sendTo(target: NodeJS.WritableStream): void {
    for (const piece of this.#kept) target.write(piece)
    if (!this.#hasBegun) {
      this.#hasBegun = true
      this.#body.on('data', (piece: Buffer) => this.#keep(piece))
    }
    if (this.#body.readableEnded) target.end()
    else this.#body.pipe(target)
  }

  #keep(piece: Buffer): void {
    this.#bytes += piece.length
    if (this.isWhole) this.#kept.push(piece)
    else this.#kept.length = 0
  }
}

function forwardedHeaders({ headers }: IncomingMessage): OutgoingHttpHeaders {
  const passed: OutgoingHttpHeaders = {}
  for (const name of Object.keys(headers)) {
    if (!HOP_BY_HOP.has(name) && name !== DECISION_HEADER) passed[name] = headers[name]
  }
  return passed
}

function send(reply: FastifyReply, answer: IncomingMessage): void {
  reply.code(answer.statusCode ?? 502)
  for (const [name, value] of Object.entries(answer.headers)) {
    if (!HOP_BY_HOP.has(name) && value !== undefined) reply.header(name, value)
  }
  reply.send(answer)
}

/** Its sockets end a moment before its end is seen. */
async function suspectOf(host: EngineHost): Promise<Work | null> {
  const waiting = new AbortController()
  const noEnd = sleep(LONGEST_END_MS, null, { signal: waiting.signal }).catch(() => null)
  const exit = await Promise.race([host.ended, noEnd])
  waiting.abort()
  return exit?.suspect ?? null
}

function culprit(cause: unknown): Error {
  return hostLost(
    'The part of the server that worked on this has ended by it. Ask for less at a time, or something else.',
    { cause },
  )
}

function lost(cause: unknown): Error {
  return hostLost(
    'The part of the server that worked on this has ended; what came of it is not known. Try again shortly.',
    { cause },
  )
}
