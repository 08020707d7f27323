import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { residentBytes } from '../engine/resident-bytes.ts'
import { RequestError } from './request-error.ts'

export interface PressureOptions {
  /** Longest mean delay of the event loop, in milliseconds; 0 = no limit. */
  readonly maxEventLoopDelayMs: number
  /** Most memory of the process, in bytes; no limit unless given. */
  readonly maxRssBytes?: number
  /** How often both are measured, in milliseconds; every second unless given. */
  readonly sampleIntervalMs?: number
}

const RETRY_AFTER_SECONDS = 5
/** Of the measurement of delays, which it adds to each. */
const RESOLUTION_MS = 10
const NS = 1e6

/**
 * Answers 503 with `Retry-After` while the process cannot keep up, before a body is read. A sign of
 * life is still given: who restarts an overloaded server makes it worse.
 */
export const refuseUnderPressure = fp(
  async (app: FastifyInstance, options: PressureOptions) => {
    const { maxEventLoopDelayMs, maxRssBytes = 0, sampleIntervalMs = 1000 } = options
    if (maxEventLoopDelayMs <= 0 && maxRssBytes <= 0) return
    const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
    delays.enable()
    let isOverloaded = false
    const sampling = setInterval(() => {
      const delayMs = delays.count > 0 ? delays.mean / NS - RESOLUTION_MS : Infinity
      delays.reset()
      const isSlow = maxEventLoopDelayMs > 0 && delayMs > maxEventLoopDelayMs
      isOverloaded = isSlow || (maxRssBytes > 0 && (residentBytes() ?? 0) > maxRssBytes)
    }, sampleIntervalMs).unref()
    app.addHook('onRequest', async (request, reply) => {
      if (!isOverloaded || request.routeOptions.url === '/health') return
      reply.header('retry-after', RETRY_AFTER_SECONDS)
      throw new RequestError('overloaded', 'The server is overloaded; try again in a moment.')
    })
    app.addHook('onClose', async () => {
      clearInterval(sampling)
      delays.disable()
    })
  },
  { name: 'refuse-under-pressure', fastify: '5.x' },
)
