import { QueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { ApiError } from '../api/api-error.ts'
import { HttpClient } from '../api/http-client.ts'
import { uploadFile } from '../data/uploads.ts'
import { Address } from '../state/address.ts'
import { AppearanceStore } from '../state/appearance.ts'
import { SessionStore, type TabChannel } from '../state/session.ts'
import { TabTenant } from '../state/tab-tenant.ts'
import { TenantState } from '../state/tenant-state.ts'
import { Navigator } from './navigator.ts'
import { VIEW_DEFAULTS } from './routes.ts'
import { UploadQueue } from './upload-queue.ts'

/** What lives as long as the tab, and is there once. */
export interface Services {
  readonly http: HttpClient
  readonly session: SessionStore
  readonly address: Address
  readonly views: TenantState
  readonly navigator: Navigator
  readonly tab: TabTenant
  readonly appearance: AppearanceStore
  readonly queries: QueryClient
  readonly uploads: UploadQueue
  /** Remarks of the state, for whoever shows them. */
  readonly remarks: Remarks
}

/** What the state has to say before there is a page to say it on. */
export class Remarks {
  #waiting: Remark[] = []
  #hear: ((remark: Remark) => void) | undefined

  tell(remark: Remark): void {
    if (this.#hear === undefined) this.#waiting.push(remark)
    else this.#hear(remark)
  }

  /** @returns ends it */
  listen(hear: (remark: Remark) => void): () => void {
    this.#hear = hear
    for (const remark of this.#waiting) hear(remark)
    this.#waiting = []
    return () => {
      this.#hear = undefined
    }
  }
}

export type Remark =
  | { readonly kind: 'dropped'; readonly names: readonly string[] }
  | { readonly kind: 'full' }
  | { readonly kind: 'cleaned' }

const MOST_TRIES = 2

export function makeServices(): Services {
  const root = new URL('.', document.baseURI)
  const address = new Address(root.pathname)
  const session = new SessionStore(sessionStorage, tabChannel())
  const remarks = new Remarks()
  const http = new HttpClient({
    base: new URL('../', root).href,
    credential: () => session.credential,
    onNewToken: (token) => session.renew(token),
    onRefused: () => session.expire(),
  })
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) =>
          failures < MOST_TRIES && error instanceof ApiError && error.status >= 500,
        refetchOnWindowFocus: false,
        // A server of this machine is there without a network.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })
  const views = new TenantState(
    {
      kept: sessionStorage,
      address,
      after: (ms, run) => {
        const timer = setTimeout(run, Math.min(ms, 1000))
        return () => clearTimeout(timer)
      },
      onDropped: (names) => remarks.tell({ kind: 'dropped', names }),
      onFull: () => remarks.tell({ kind: 'full' }),
      leave: (tenantId) => {
        http.leave(tenantId)
        const ofTenant = { predicate: isOf(tenantId) }
        void queries.cancelQueries(ofTenant)
        queries.removeQueries(ofTenant)
      },
    },
    VIEW_DEFAULTS,
  )
  const uploads = new UploadQueue(
    async (place, file, signal, replaces) => {
      const { status } = await uploadFile(http, place, file, replaces, signal)
      return status === 'duplicated' ? 'known' : 'taken'
    },
    sessionStorage,
    ({ tenantId, kb }) => {
      void queries.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[1] === tenantId && queryKey[2] === kb,
      })
    },
  )
  addEventListener('pagehide', () => views.flush())
  session.onSignOut = () => {
    views.forget()
    uploads.stop()
    queries.clear()
  }
  return {
    http,
    session,
    address,
    views,
    navigator: new Navigator(address, views),
    tab: new TabTenant(sessionStorage, localStorage),
    appearance: new AppearanceStore(localStorage),
    queries,
    uploads,
    remarks,
  }
}

function tabChannel(): TabChannel {
  const channel = new BroadcastChannel('lightrag:session')
  return {
    postMessage: (message) => channel.postMessage(message),
    listen: (hear) => channel.addEventListener('message', ({ data }) => hear(data)),
  }
}

/** Every key of what is asked begins with the account and the tenant. */
function isOf(tenantId: string) {
  return ({ queryKey }: { readonly queryKey: readonly unknown[] }) => queryKey[1] === tenantId
}

export const ServicesContext = createContext<Services | undefined>(undefined)

export function useServices(): Services {
  const services = useContext(ServicesContext)
  if (services === undefined) throw new TypeError('There are no services around this component')
  return services
}
