import { createContext, useCallback, useContext, useSyncExternalStore } from 'react'
import type { Permission } from '../data/access.ts'
import type { WorkPlace } from '../data/work-place.ts'
import type { ViewPatch, ViewState } from '../state/view-state.ts'
import { useServices } from './services.ts'

export const PlaceContext = createContext<WorkPlace | undefined>(undefined)

export function usePlace(): WorkPlace {
  const place = useContext(PlaceContext)
  if (place === undefined) throw new TypeError('There is no place around this component')
  return place
}

/** Whether somebody may do something where they are. */
export function useMay(): (permission: Permission) => boolean {
  const { permissions } = usePlace()
  return useCallback((permission) => permissions.includes(permission), [permissions])
}

export interface ChangeOptions {
  /** Of what is being typed. */
  readonly typing?: boolean
  /** Whether Back does not undo it. */
  readonly replace?: boolean
}

type ChangeView = (patch: ViewPatch, options?: ChangeOptions) => void

/** The view of a page, as its address tells it. */
export function useView(route: string): [ViewState, ChangeView] {
  const { views } = useServices()
  const { tenantId } = usePlace()
  const read = () => JSON.stringify(views.getState(tenantId, route))
  const text = useSyncExternalStore(views.subscribe, read)
  const change = useCallback<ChangeView>(
    (patch, { typing = false, replace = false } = {}) => {
      views.setState(tenantId, route, patch)
      views.syncToURL(route, { mode: replace ? 'replace' : 'push', typing })
    },
    [views, tenantId, route],
  )
  return [JSON.parse(text) as ViewState, change]
}
