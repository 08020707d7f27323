import type { RouteOptions } from 'fastify'
import type { RouteRule } from '../../http/route-access.ts'
import { type PermissionTable, ruleOf } from '../permissions.ts'
import { TenancyError } from '../tenancy-error.ts'

/** What each route of a scope needs, as the routes state it where they are declared. */
export class RoutePermissions {
  readonly #elsewhere: PermissionTable
  readonly #stated: Record<string, RouteRule> = Object.create(null)

  /** @param elsewhere rows of routes that cannot say it themselves, such as those of plugins */
  constructor(elsewhere: PermissionTable = {}) {
    this.#elsewhere = elsewhere
  }

  /**
   * @throws {TenancyError} `route_without_permission`
   * @throws {TypeError} when a route and the table both say it: nobody could tell which one holds
   */
  add({ method: methods, url, config }: RouteOptions): void {
    const stated = config?.access
    for (const method of [methods].flat()) {
      const row = ruleOf(this.#elsewhere, method, url)
      if (stated !== undefined && row !== undefined) {
        throw new TypeError(`Its access is declared twice: ${method} ${url}`)
      }
      const rule = typeof stated === 'string' ? { access: stated } : (stated ?? row)
      if (rule === undefined) throw permissionMissing(method, url)
      const key = `${method} ${url}`
      // As of two versions of a route: requests are told apart by method and route alone.
      if ((this.#stated[key] ?? rule).access !== rule.access) {
        throw new TypeError(`Its access is declared twice: ${key}`)
      }
      this.#stated[key] = rule
    }
  }

  /** @throws {TenancyError} `route_without_permission`: of a route that was registered before */
  of(method: string, url: string): RouteRule {
    const rule = ruleOf(this.#stated, method, url)
    if (rule === undefined) throw permissionMissing(method, url)
    return rule
  }
}

function permissionMissing(method: string, url: string): TenancyError {
  return new TenancyError('route_without_permission', `No permission is declared: ${method} ${url}`)
}
