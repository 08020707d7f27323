import type { RouteOptions } from 'fastify'
import type { RouteAccess, RouteRule } from '../http/route-access.ts'
import type { OperationDoc } from './operation-doc.ts'

/** What a route says of itself where it is declared. */
export interface StatedRoute {
  readonly access: RouteAccess | RouteRule | undefined
  readonly doc: OperationDoc | undefined
  /** Whether the description shows it: each thing once, and no pages for people. */
  readonly described: boolean
}

declare module 'fastify' {
  interface FastifyInstance {
    /** By method and route, as in `'POST /documents/text'`, each as it was registered. */
    readonly statedRoutes: ReadonlyMap<string, StatedRoute>
  }
}

/** A route as it stands once every hook has had its say. */
export class DeclaredRoute implements StatedRoute {
  readonly access: RouteAccess | RouteRule | undefined
  readonly doc: OperationDoc | undefined
  readonly #route: RouteOptions

  /** @throws {TypeError} when a route that is described lacks its access or its words */
  constructor(route: RouteOptions) {
    this.#route = route
    this.access = route.config?.access
    this.doc = route.config?.doc
    for (const part of ['access', 'doc'] as const) {
      if (!this.described || this[part] !== undefined) continue
      throw new TypeError(`The route ${route.method} ${route.url} has no \`config.${part}\``)
    }
  }

  get described(): boolean {
    return this.#route.schema?.hide !== true
  }
}
