import type { Permission } from '../data/access.ts'
import type { MessageKey } from '../i18n/text.ts'
import type { ViewState } from '../state/view-state.ts'
import type { IconName } from '../ui/icon.tsx'

export interface Route {
  /** Name in the state of tenants. */
  readonly name: string
  /** How its address begins; what follows is the page's own. */
  readonly path: string
  readonly title: MessageKey
  /** Without it the page is not there for somebody. */
  readonly needs: Permission
  /** Whether it stands in the list of pages. */
  readonly icon?: IconName
}

/** The longer address of two that begin alike stands first. */
export const ROUTES: readonly Route[] = [
  {
    name: 'reader',
    path: 'documents/d/',
    title: 'reader.title',
    needs: 'document:read',
  },
  {
    name: 'documents',
    path: 'documents',
    title: 'nav.documents',
    needs: 'document:read',
    icon: 'documents',
  },
  {
    name: 'graph',
    path: 'graph',
    title: 'nav.graph',
    needs: 'document:read',
    icon: 'graph',
  },
  { name: 'ask', path: 'ask', title: 'nav.ask', needs: 'query:run', icon: 'ask' },
]

/** The choice of a tenant; a page of no tenant. */
export const TENANTS_PATH = 'tenants'

export const VIEW_DEFAULTS: Readonly<Record<string, ViewState>> = {
  documents: { pageSize: 50, sort: { field: 'updated_at', direction: 'desc' } },
}

export interface FoundRoute {
  readonly route: Route
  /** As it stands in the address, escapes and all. */
  readonly rest: string
}

/** The page of an address; undefined when there is none. */
export function routeOf(path: string): FoundRoute | undefined {
  for (const route of ROUTES) {
    if (path === route.path) return { route, rest: '' }
    const folder = route.path.endsWith('/') ? route.path : `${route.path}/`
    if (!path.startsWith(folder) || route.name === 'documents') continue
    return { route, rest: path.slice(folder.length) }
  }
  return undefined
}
