import rateLimit from '@fastify/rate-limit'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { TenantContext } from '../context.ts'
import { credentialId } from '../sign-in/credential.ts'
import { TenancyError } from '../tenancy-error.ts'
import { accountAdmissionOf, admissionOf } from './admission.ts'

export interface RateLimitsOptions {
  /** Most requests of one key in a minute; 0 = no limit. */
  readonly perKey: number
  /** Most requests to one workspace in a minute; 0 = no limit. */
  readonly perWorkspace: number
  /** Whether callers may have bounds of their own, in place of `perKey`. */
  readonly ownRates?: boolean
}

const WINDOW_MS = 60_000
/** Keys and workspaces counted at once; beyond, the one that was quiet longest is forgotten. */
const MOST_COUNTED = 100_000

interface RateState {
  readonly limit: number
  readonly remaining: number
  readonly resetSeconds: number
  readonly exceeded: boolean
}

/**
 * Bounds the requests that a key, and a workspace, may make in a minute. Register it after
 * `tenancy`, in the same scope: it counts whom that has admitted. Each answer carries how much is
 * left of the tighter bound.
 */
const rateLimitsPlugin: FastifyPluginAsync<RateLimitsOptions> = async (app, options) => {
  const { perKey: usual, ownRates = false } = options
  if (usual === 0 && options.perWorkspace === 0 && !ownRates) return
  const keyLimit = (request: FastifyRequest) =>
    callerOf(request)?.principal.requestsPerMinute ?? usual
  await app.register(rateLimit, { global: false, cache: MOST_COUNTED })
  const perKey = app.createRateLimit({
    max: keyLimit,
    timeWindow: WINDOW_MS,
    keyGenerator: (request) => `key\0${callerOf(request)?.credentialId}`,
  })
  const perWorkspace = app.createRateLimit({
    max: options.perWorkspace,
    timeWindow: WINDOW_MS,
    keyGenerator: (request) =>
      `workspace\0${admissionOf(request)?.context.workspace.toLowerCase()}`,
  })
  app.addHook('onRequest', async (request, reply) => {
    if (callerOf(request) === undefined) return
    const states: RateState[] = []
    const checks = [
      ...(keyLimit(request) > 0 ? [perKey] : []),
      ...(options.perWorkspace > 0 && admissionOf(request) ? [perWorkspace] : []),
    ]
    for (const check of checks) {
      const counted = await check(request)
      if (!counted.isAllowed) states.push(stateOf(counted))
    }
    const tightest = states.toSorted((one, other) => one.remaining - other.remaining)[0]
    if (tightest !== undefined) announce(reply, tightest)
    const exceeded = states.filter((state) => state.exceeded)
    if (exceeded.length === 0) return
    throw new TenancyError('rate_limited', 'Too many requests; try again later', {
      retryAfterSeconds: Math.max(...exceeded.map(({ resetSeconds }) => resetSeconds)),
    })
  })
}

/** Who is counted, in a workspace or about their account. */
function callerOf(
  request: FastifyRequest,
): Pick<TenantContext, 'principal' | 'credentialId'> | undefined {
  const context = admissionOf(request)?.context
  if (context !== undefined) return context
  const account = accountAdmissionOf(request)
  if (account === undefined) return undefined
  const { principal, credentials } = account
  return { principal, credentialId: credentialId(credentials, principal.userId) }
}

function stateOf(counted: {
  readonly max: number
  readonly remaining: number
  readonly ttlInSeconds: number
  readonly isExceeded: boolean
}): RateState {
  return {
    limit: counted.max,
    remaining: counted.remaining,
    resetSeconds: Math.max(1, counted.ttlInSeconds),
    exceeded: counted.isExceeded,
  }
}

function announce(reply: FastifyReply, { limit, remaining, resetSeconds }: RateState): void {
  reply.header('x-ratelimit-limit', limit)
  reply.header('x-ratelimit-remaining', remaining)
  reply.header('x-ratelimit-reset', resetSeconds)
}

export const rateLimits = fastifyPlugin(rateLimitsPlugin, { name: 'rate-limits', fastify: '5.x' })
