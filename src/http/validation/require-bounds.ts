import type { FastifyInstance } from 'fastify'
import { unboundedFields } from './unbounded-fields.ts'

const PARTS = ['body', 'querystring', 'params', 'headers'] as const

/** Stops the server from starting when a route lets its caller send as much as they like. */
export function requireBounds(app: FastifyInstance): void {
  app.addHook('onRoute', ({ method, url, schema }) => {
    for (const part of PARTS) {
      const given = schema?.[part]
      const [first] = given === undefined ? [] : unboundedFields(given)
      if (first === undefined) continue
      throw new TypeError(`Something has no bound in the ${part} of ${method} ${url}: ${first}`)
    }
  })
}
