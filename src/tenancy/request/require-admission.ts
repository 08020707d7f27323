import type { FastifyInstance, RouteOptions } from 'fastify'

/** Routes of a scope that looks at who calls. */
const guarded = new WeakSet<RouteOptions>()

/** Remembers that the callers of a route are held to its access. */
export function markGuarded(route: RouteOptions): void {
  guarded.add(route)
}

/**
 * Stops the start when a route states an access, but stands in no scope of the tenancy layer: all
 * the world could use it. Call it before routes are registered.
 */
export function requireAdmission(app: FastifyInstance): void {
  const stated: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    if (route.config?.access !== undefined) stated.push(route)
  })
  app.addHook('onReady', async () => {
    const open = stated.find((route) => !guarded.has(route))
    if (open === undefined) return
    throw new TypeError(`Nobody looks at who calls ${open.method} ${open.url}`)
  })
}
