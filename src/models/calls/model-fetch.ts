import { Agent, fetch as undiciFetch } from 'undici'
import { type BodyBounds, boundedBody, ONE_REFUSAL } from './bounded-body.ts'

/**
 * One pool of connections for all models. It has no time limits of its own: the built-in fetch gives
 * up after 300 s without headers, whatever limit a model was given.
 */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 })

/**
 * The fetch of all model adapters; time limits and aborts come with the signal alone. Nothing sends
 * it elsewhere: what is asked, and the key, are for the configured address.
 */
export async function modelFetch(
  input: Parameters<typeof globalThis.fetch>[0],
  init: RequestInit,
  bounds: BodyBounds,
): Promise<Response> {
  const response = await undiciFetch(input, { ...init, redirect: 'manual', dispatcher: agent })
  return boundedBody(response, response.ok ? bounds : ONE_REFUSAL)
}
