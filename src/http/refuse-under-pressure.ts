import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
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

/**
 * Answers 503 with `Retry-After` while the process cannot keep up, before a body is read. A sign of
 * life is still given: who restarts an overloaded server makes it worse.
 */
export const refuseUnderPressure = fp(
  async (app: FastifyInstance, options: PressureOptions) => {
    const { maxEventLoopDelayMs, maxRssBytes = 0, sampleIntervalMs = 1000 } = options
    await app.register(underPressure, {
      maxEventLoopDelay: maxEventLoopDelayMs,
      maxRssBytes,
      sampleInterval: sampleIntervalMs,
      pressureHandler: async (request, reply) => {
        if (request.routeOptions.url === '/health') return
        reply.header('retry-after', RETRY_AFTER_SECONDS)
        throw new RequestError('overloaded', 'The server is overloaded; try again in a moment.')
      },
    })
  },
  { name: 'refuse-under-pressure', fastify: '5.x' },
)
