import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { hearOfWork, type Work } from '../../engine/work/announced-work.ts'
import { RequestError } from '../errors/request-error.ts'
import { announcedRequestOf, hasBody } from './announce-requests.ts'

export interface PressureOptions {
  /** Longest time for which the event loop may stand still, in milliseconds; 0 = no limit. */
  readonly maxEventLoopDelayMs: number
  /** Who a request is charged to, once it is admitted; its address unless given. */
  readonly callerOf?: (request: FastifyRequest) => string
  /** In which workspace it is, whose documents may hold the loop as well. */
  readonly workspaceOf?: (request: FastifyRequest) => string | undefined
}

const RETRY_AFTER_SECONDS = 5
/** How often the loop is seen to turn. */
const TICK_MS = 20
/** A turn that comes later than this was held up by something. */
const LATE_MS = 40
/** How long callers are refused after the loop stood still for longer than its limit. */
const HOLD_MS = 1000
/** Charges are halved in this time. */
const HALF_LIFE_MS = 10_000
const LEAST_CHARGE_MS = 1
const MOST_CALLERS = 2000
/** Of all charges: how much the refused callers have caused, while it gets no better. Then all are refused. */
const SHARES = [0.4, 0.75, 0.95]

const CALLER: unique symbol = Symbol('caller')

declare module 'fastify' {
  interface FastifyRequest {
    [CALLER]?: string
  }
}

/**
 * Who held the event loop, and who is refused for it.
 *
 * What an engine does is announced, so that it is known whose it is. Of all else nobody can say whose
 * code runs, but who was taken up last before the loop stood still can be told, and whose request was
 * done with right after. The time between two marks is charged to these two: once it is one and the
 * same, and often enough the right one is among them. It is kept only of turns that came late, for else
 * the loop was idle.
 */
export class LoopCharges {
  readonly #limitMs: number
  readonly #now: () => number
  readonly #charges = new Map<string, number>()
  #turn = new Map<string, number>()
  #caller: string | undefined
  #markedAt: number
  #tickedAt: number
  #halvedAt: number
  #refused: ReadonlySet<string> | 'all' = new Set()
  #overAt = Number.NEGATIVE_INFINITY
  #level = 0

  /** @param now in milliseconds, never going back */
  constructor(limitMs: number, now: () => number = () => performance.now()) {
    this.#limitMs = limitMs
    this.#now = now
    this.#markedAt = this.#tickedAt = this.#halvedAt = now()
  }

  /** Callers that are charged with anything. */
  get size(): number {
    return this.#charges.size
  }

  /** The loop takes up what this caller wants. */
  mark(caller: string | undefined): void {
    const now = this.#now()
    if (this.#caller !== undefined) this.#add(this.#caller, now - this.#markedAt)
    this.#markedAt = now
    this.#caller = caller
  }

  /** The loop is done with what this caller wanted, and may have worked for it just now. */
  done(caller: string | undefined): void {
    const now = this.#now()
    const half = (now - this.#markedAt) / 2
    this.#add(caller ?? this.#caller, half)
    this.#add(this.#caller ?? caller, half)
    this.#markedAt = now
    this.#caller = undefined
  }

  /** The loop has turned. Call this every 20 ms. */
  tick(): void {
    this.mark(undefined)
    const now = this.#markedAt
    const lateMs = now - this.#tickedAt - TICK_MS
    this.#tickedAt = now
    if (lateMs > LATE_MS) this.#charge(now)
    if (this.#turn.size > 0) this.#turn = new Map()
    if (lateMs <= this.#limitMs) return
    this.#level = now - lateMs - this.#overAt <= HOLD_MS ? this.#level + 1 : 0
    this.#overAt = now
    this.#refused = this.#heaviest(SHARES[this.#level])
  }

  refuses(caller: string): boolean {
    if (this.#overAt < 0 || this.#now() - this.#overAt >= HOLD_MS) return false
    return this.#refused === 'all' || this.#refused.has(caller)
  }

  #add(caller: string | undefined, ms: number): void {
    if (caller !== undefined) this.#turn.set(caller, (this.#turn.get(caller) ?? 0) + ms)
  }

  #charge(now: number): void {
    const kept = 0.5 ** ((now - this.#halvedAt) / HALF_LIFE_MS)
    this.#halvedAt = now
    for (const [caller, charge] of this.#charges) {
      if (charge * kept < LEAST_CHARGE_MS) this.#charges.delete(caller)
      else this.#charges.set(caller, charge * kept)
    }
    for (const [caller, charge] of this.#turn) {
      if (charge < LEAST_CHARGE_MS) continue
      const before = this.#charges.get(caller)
      if (before === undefined && this.#charges.size >= MOST_CALLERS) continue
      this.#charges.set(caller, (before ?? 0) + charge)
    }
  }

  /** The fewest callers who have caused this share. */
  #heaviest(share: number | undefined): ReadonlySet<string> | 'all' {
    if (share === undefined) return 'all'
    const charges = [...this.#charges].sort(([, one], [, other]) => other - one)
    const enough = share * charges.reduce((sum, [, charge]) => sum + charge, 0)
    const heaviest = new Set<string>()
    let caused = 0
    for (const [caller, charge] of charges) {
      if (caused >= enough) break
      caused += charge
      heaviest.add(caller)
    }
    return heaviest
  }
}

/**
 * Answers 503 with `Retry-After` while the process cannot keep up, before a body is read: first to the
 * callers who hold the event loop, to all only while that does not help. A sign of life is still given:
 * who restarts an overloaded server makes it worse.
 */
export const refuseUnderPressure = fp(
  async (app: FastifyInstance, options: PressureOptions) => {
    const { maxEventLoopDelayMs: limitMs, callerOf = ({ ip }) => ip, workspaceOf } = options
    if (limitMs === 0) return
    const loop = new LoopCharges(limitMs)
    const ticking = setInterval(() => loop.tick(), TICK_MS).unref()
    /** Of announced requests that are under way. */
    const callers = new Map<string, string>()
    const hearNoMore = hearOfWork((work) => loop.mark(work === null ? undefined : holderOf(work)))
    /** Who called, as long as they wait for it; what goes on by itself is the workspace's. */
    const holderOf = ({ request, workspace }: Work) =>
      (request === undefined ? undefined : callers.get(request)) ?? documentsOf(workspace)
    // The last moment before the body is read, when it is known who calls.
    app.addHook('preParsing', (request, reply, payload, done) => {
      const caller = callerOf(request)
      request[CALLER] = caller
      const workspace = workspaceOf?.(request)
      const isRefused =
        loop.refuses(caller) || (workspace !== undefined && loop.refuses(documentsOf(workspace)))
      if (isRefused && request.routeOptions.url !== '/health') {
        reply.header('retry-after', RETRY_AFTER_SECONDS)
        done(new RequestError('overloaded', 'The server is overloaded; try again in a moment.'))
        return
      }
      const announced = announcedRequestOf(request)
      if (announced !== undefined) callers.set(announced, caller)
      loop.mark(caller)
      // Parsing comes right after; the bytes of others came in between.
      if (hasBody(request)) request.raw.once('end', () => loop.mark(caller))
      done(null, payload)
    })
    app.addHook('onSend', (request, _reply, _payload, done) => {
      loop.done(request[CALLER])
      done()
    })
    const forget = (request: FastifyRequest) => {
      const announced = announcedRequestOf(request)
      if (announced !== undefined) callers.delete(announced)
    }
    app.addHook('onResponse', (request, _reply, done) => {
      forget(request)
      done()
    })
    app.addHook('onRequestAbort', (request, done) => {
      forget(request)
      done()
    })
    app.addHook('onClose', async () => {
      clearInterval(ticking)
      hearNoMore()
    })
  },
  { name: 'refuse-under-pressure', fastify: '5.x' },
)

/** Whom documents of a workspace are charged to, whose names no caller has. */
function documentsOf(workspace: string): string {
  return `documents\0${workspace}`
}
