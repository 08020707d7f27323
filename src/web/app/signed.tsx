import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { SINGLE_TENANT } from '../api/http-client.ts'
import { accessOptions, type Explanation, tenantsOfWorkspaces } from '../data/access.ts'
import type { UiConfig } from '../data/ui-config.ts'
import { TenantsPage } from '../features/tenants/tenants-page.tsx'
import type { Session } from '../state/session.ts'
import { FrontWaiting } from '../ui/front-waiting.tsx'
import { Problem } from '../ui/problem.tsx'
import { TENANTS_PATH } from '../work/routes.ts'
import { useServices } from '../work/services.ts'
import { useLocation } from '../work/use-location.ts'
import { TenantGate } from './tenant-gate.tsx'

interface SignedProps {
  readonly session: Session
  readonly config: UiConfig
  readonly wantedTenant: string | undefined
}

/** What somebody sees who is signed in: the choice of a tenant, or the one that is chosen. */
export function Signed({ session: { account }, config, wantedTenant }: SignedProps) {
  const { http } = useServices()
  const access = useQuery(accessOptions(http, account))
  if (access.error !== null) {
    return (
      <main className="front">
        <Problem error={access.error} onRetry={() => void access.refetch()} />
      </main>
    )
  }
  if (access.data === undefined) return <FrontWaiting />
  return (
    <ChosenTenant
      account={account}
      config={config}
      access={access.data}
      wantedTenant={wantedTenant}
    />
  )
}

interface ChosenTenantProps {
  readonly account: string
  readonly config: UiConfig
  readonly access: Explanation
  readonly wantedTenant: string | undefined
}

function ChosenTenant({ account, config, access, wantedTenant }: ChosenTenantProps) {
  const { tab, navigator, views, address } = useServices()
  const { path } = useLocation()
  const only = onlyTenant(access, config)
  const locked = lockedTenant()
  const [chosen, setChosen] = useState(
    () => locked ?? only ?? tenantOfOldAddress(access, wantedTenant) ?? tab.chosen(account),
  )
  const choose = (tenantId: string) => {
    tab.choose(account, tenantId)
    if (path === TENANTS_PATH) address.go('')
    if (tenantId === chosen) return
    if (views.tenantId !== undefined) navigator.switchTenant(tenantId)
    setChosen(tenantId)
  }
  const mayChoose = locked === undefined && only === undefined
  if (chosen === undefined || (mayChoose && path === TENANTS_PATH)) {
    return <TenantsPage account={account} config={config} access={access} onChoose={choose} />
  }
  return (
    <TenantGate
      key={chosen}
      account={account}
      tenantId={chosen}
      config={config}
      access={access}
      onSwitch={mayChoose ? choose : undefined}
      onGone={() => {
        tab.leave()
        if (mayChoose) setChosen(undefined)
      }}
    />
  )
}

/** Where there is nothing to choose. */
function onlyTenant(access: Explanation, { features }: UiConfig): string | undefined {
  if (access.choices !== undefined) {
    const tenants = new Set(access.choices.map(({ tenant }) => tenant))
    return tenants.size === 1 ? access.choices[0]?.tenant : undefined
  }
  if (features.tenants) return undefined
  const { items } = tenantsOfWorkspaces(access, '')
  if (items.length !== 1) return undefined
  // One workspace is all there is on a server without users.
  return access.workspaces.length === 1 ? SINGLE_TENANT : items[0]?.tenant_id
}

/** The tenant that the name of the host stands for. */
function lockedTenant(): string | undefined {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="locked-tenant"]')
  return meta?.content
}

/** Only one that is theirs: an address is no proof of anything. */
function tenantOfOldAddress(access: Explanation, wanted: string | undefined): string | undefined {
  if (wanted === undefined) return undefined
  const own =
    access.choices?.map(({ tenant }) => tenant) ??
    tenantsOfWorkspaces(access, '').items.map(({ tenant_id: id }) => id)
  return own.includes(wanted) ? wanted : undefined
}
