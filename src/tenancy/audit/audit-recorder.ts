import type { FastifyRequest } from 'fastify'
import type { SignIn } from '../sign-in/auth-routes.ts'
import type { Refusal } from '../tenancy.ts'
import type { TenancyErrorCode } from '../tenancy-error.ts'
import type { AuditChain } from './audit-chain.ts'
import { type AuditSink, StrangerTally } from './stranger-tally.ts'

/** Why somebody was turned away, by this layer or by one that builds on it. */
type Refused = Readonly<{ code: string; statusCode: number }>

const EVENTS: Readonly<Record<string, string>> & Partial<Record<TenancyErrorCode, string>> = {
  workspace_denied: 'cross_workspace',
  selectors_disagree: 'cross_workspace',
  kb_not_found: 'cross_workspace',
  credentials_disagree: 'cross_user',
  foreign_context: 'isolation_fault',
  missing_context: 'isolation_fault',
  rate_limited: 'limited',
  too_many_queries: 'limited',
}

/** These are written where they happen, with the name that was typed. */
const TOLD_BY_SIGN_IN: readonly string[] = ['bad_login', 'sign_in_locked']

const SELECTORS = ['lightrag-workspace', 'x-tenant-id', 'x-kb-id'] as const

/**
 * Writes what the layer decides into the audit. Names stand there as opaque ids; no header, body or
 * credential does.
 */
export class AuditRecorder {
  readonly #sink: AuditSink
  readonly #chain: AuditChain
  readonly #strangers: StrangerTally

  constructor(sink: AuditSink, chain: AuditChain) {
    this.#sink = sink
    this.#chain = chain
    this.#strangers = new StrangerTally(sink)
  }

  refused({
    error,
    request,
    principal,
  }: Omit<Refusal, 'error'> & { readonly error: Refused }): void {
    if (TOLD_BY_SIGN_IN.includes(error.code)) return
    const event = EVENTS[error.code] ?? (error.statusCode < 500 ? 'refused' : 'failed')
    const line = {
      event,
      code: error.code,
      status: error.statusCode,
      user: this.#user(principal?.userId),
      workspace: this.#workspace(principal?.defaultWorkspace),
      wanted: this.#wanted(request),
      ...whereOf(request),
    }
    // What crosses a border was done with somebody's good credential, and is never only counted.
    const crosses = event.startsWith('cross_') || event === 'isolation_fault'
    // Somebody who asks too often says the same each time, whoever it is.
    if (event === 'limited' || (principal === undefined && !crosses)) this.#strangers.add(line)
    else this.#sink.record(line)
  }

  signedIn({ outcome, username, request }: SignIn): void {
    const event = { success: 'sign_in', failure: 'sign_in_failed', locked: 'sign_in_locked' }
    const line = { event: event[outcome], user: this.#user(username), ...whereOf(request) }
    if (outcome === 'success') this.#sink.record(line)
    else this.#strangers.add(line)
  }

  /** An act of whoever runs the server. */
  administered(event: string, about: { readonly user?: string; readonly [more: string]: unknown }) {
    const { user, ...more } = about
    this.#sink.record({ event, user: this.#user(user), ...plainOf(more) })
  }

  /** Writes what was only counted so far. */
  close(): void {
    this.#strangers.close()
  }

  #user(name: string | undefined): string | undefined {
    return name === undefined ? undefined : this.#chain.id('user', name)
  }

  #workspace(name: string | undefined): string | undefined {
    return name === undefined ? undefined : this.#chain.id('workspace', name)
  }

  /** What the request named, as ids: `X-Tenant-ID` is that of the workspace of the same name. */
  #wanted(request: FastifyRequest): string | undefined {
    const ids = SELECTORS.flatMap((name) => {
      const value = request.headers[name]
      return typeof value === 'string' && value !== '' ? [this.#chain.id('workspace', value)] : []
    })
    return ids.length === 0 ? undefined : ids.join(' ')
  }
}

/** The route as it was registered: a path that was sent may hold somebody's ids. */
function whereOf(request: FastifyRequest) {
  const { url } = request.routeOptions
  return { route: `${request.method} ${url ?? ''}`, address: request.ip, request: request.id }
}

function plainOf(more: Record<string, unknown>): Record<string, string | number | boolean> {
  const plain: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(more)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      plain[name] = value
    }
  }
  return plain
}
