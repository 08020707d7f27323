import { AsyncLocalStorage } from 'node:async_hooks'
import type { Principal } from './principal.ts'

/** What one request runs as. */
export interface TenantContext {
  readonly principal: Principal
  readonly workspace: string
  readonly requestId: string
  /** Opaque id of the credential that was used; limits are kept by it. */
  readonly credentialId?: string
}

/** How the layer carries a context from the hook that admits a request to the proxy. */
export interface ContextCarrier {
  run<R>(context: TenantContext, work: () => R): R
  current(): TenantContext | undefined
  /** Runs `work`, and all it starts, outside any context. */
  exit<R>(work: () => R): R
}

// One for the whole process: on Node before 24 every further instance slows every await.
const storage = new AsyncLocalStorage<TenantContext>()

/** There is no `enter`: entering after an await in a hook is lost, elsewhere it leaks forward. */
export const context: ContextCarrier = {
  run: (entered, work) => storage.run(entered, work),
  current: () => storage.getStore(),
  exit: (work) => storage.exit(work),
}
