import { Agent, fetch as undiciFetch } from 'undici'

/**
 * One pool of connections for all models. It has no time limits of its own: the built-in fetch gives
 * up after 300 s without headers, whatever limit a model was given.
 */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 })

/** The fetch of all model adapters; limits and aborts come with the signal alone. */
export const modelFetch: typeof globalThis.fetch = (input, init) =>
  undiciFetch(input, { ...init, dispatcher: agent })
