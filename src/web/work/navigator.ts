import type { Address } from '../state/address.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { routeOf } from './routes.ts'

/**
 * Keeps the view of the page and its address alike. It hears of a new address before any component
 * does, so that a page is drawn once, and asks once, with the view that it is to have.
 */
export class Navigator {
  readonly #address: Address
  readonly #views: TenantState
  /** Slugs of the tenant's knowledge bases, the one to begin with first. */
  #kbs: readonly string[] = []

  constructor(address: Address, views: TenantState) {
    this.#address = address
    this.#views = views
    address.subscribe(() => this.#follow())
  }

  /** A tenant and its knowledge bases are known: the page may be drawn. */
  enter(tenantId: string, kbs: readonly string[]): void {
    this.#kbs = kbs
    if (this.#views.tenantId !== tenantId) this.#views.begin(tenantId)
    this.#settle('merge')
  }

  /** Goes to work in another tenant, on the page that is open. */
  switchTenant(tenantId: string): void {
    this.#kbs = []
    this.#views.onTenantSwitch(this.#views.tenantId, tenantId, this.#route ?? '')
  }

  get #route(): string | undefined {
    return routeOf(this.#address.get().path)?.route.name
  }

  #follow(): void {
    const { cause } = this.#address.get()
    if (cause === 'written' || this.#views.tenantId === undefined) return
    this.#settle(cause === 'history' ? 'exact' : 'merge')
  }

  /** @param how whether what the address leaves out is remembered, or at its default */
  #settle(how: 'merge' | 'exact'): void {
    const route = this.#route
    const tenantId = this.#views.tenantId
    if (route === undefined || tenantId === undefined) return
    if (how === 'exact') this.#views.restoreFromURL(route)
    else this.#views.hydrateFromURL(route)
    const { currentKB, ...view } = this.#views.getState(tenantId, route)
    const [first] = this.#kbs
    // The same view, of a knowledge base that is here.
    if (first !== undefined && (currentKB === undefined || !this.#kbs.includes(currentKB))) {
      this.#views.setState(tenantId, route, { ...view, currentKB: first })
    }
    this.#views.syncToURL(route, { mode: 'replace' })
  }
}
