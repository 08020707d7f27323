import { useSyncExternalStore } from 'react'
import type { Location } from '../state/address.ts'
import { useServices } from './services.ts'

/** Where the tab is. */
export function useLocation(): Location {
  const { address } = useServices()
  return useSyncExternalStore(address.subscribe, address.get)
}
