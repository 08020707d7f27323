import { setMaxListeners } from 'node:events'

/** A controller whose signal many calls heed at once: Node takes more than ten of them for a leak. */
export function sharedAbort(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}
