import type { Place } from '../api/http-client.ts'
import type { KbCard, Permission, Role } from './access.ts'

/** Where the page that is open works, and what may be done there. */
export interface WorkPlace extends Place {
  readonly account: string
  readonly kb: string
  readonly tenantName: string
  readonly kbs: readonly KbCard[]
  readonly role: Role | undefined
  readonly permissions: readonly Permission[]
}
