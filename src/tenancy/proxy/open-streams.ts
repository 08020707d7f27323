import type { TenantContext } from '../context.ts'
import { TenancyError } from '../tenancy-error.ts'

/** A stream that is being read, as long as it is. */
export interface OpenStream {
  /** Fires when the stream has to end; its reason is what the reader is told. */
  readonly ending: AbortSignal
  /** Call this when it is over. */
  closed(): void
}

/**
 * The streams of all callers that are open, so that they can be ended when what allowed them is
 * gone. Rights are checked when a stream is asked for; it may then be read for minutes.
 */
export class OpenStreams {
  readonly #open = new Map<AbortController, TenantContext>()

  /** @param ending ends every stream, as when the server shuts down */
  constructor(ending?: AbortSignal) {
    ending?.addEventListener('abort', () => {
      for (const controller of this.#open.keys()) controller.abort(ending.reason)
    })
  }

  get size(): number {
    return this.#open.size
  }

  add(context: TenantContext): OpenStream {
    const controller = new AbortController()
    this.#open.set(controller, context)
    return { ending: controller.signal, closed: () => this.#open.delete(controller) }
  }

  /**
   * Ends the streams that are no longer allowed.
   *
   * @param isAllowed when it rejects, the stream ends: what cannot be checked is not allowed
   */
  async recheck(isAllowed: (context: TenantContext) => Promise<boolean>): Promise<void> {
    const checks = [...this.#open].map(async ([controller, context]) => {
      const allowed = await isAllowed(context).catch(() => false)
      if (!allowed) {
        controller.abort(new TenancyError('access_ended', 'Your access to this has ended'))
      }
    })
    await Promise.all(checks)
  }
}
