import { ANSWER_IN_LINES, ONE_ANSWER } from '../calls/bounded-body.ts'
import { modelFetch } from '../calls/model-fetch.ts'
import type { RequestShape } from './request-shape.ts'

/** More parameters than these are not refused one after the other. */
const MOST_REFUSALS = 10

/**
 * The fetch of a chat model that sends a request again, once for each parameter, when the provider
 * has refused it for a parameter that it can do without.
 */
export function adaptingFetch(shape: RequestShape): typeof globalThis.fetch {
  return async (input, init) => {
    let body = init?.body
    // Within a text its quotes would be escaped.
    const isStream = typeof body === 'string' && body.includes('"stream":true')
    const bounds = isStream ? ANSWER_IN_LINES : ONE_ANSWER
    for (let refusals = 0; ; refusals++) {
      const response = await modelFetch(input, { ...init, body: body ?? null }, bounds)
      const isRefusal = response.status === 400 || response.status === 422
      if (!isRefusal || typeof body !== 'string' || refusals >= MOST_REFUSALS) return response
      const said = await response.text()
      const again = shape.afterRefusal(said, JSON.parse(body))
      if (again === null) {
        const { status, headers } = response
        return new Response(said, { status, headers })
      }
      body = JSON.stringify(again)
    }
  }
}
