import { useQuery } from '@tanstack/react-query'
import { useLayoutEffect, useMemo, useState } from 'react'
import { ApiError } from '../api/api-error.ts'
import { SINGLE_TENANT } from '../api/http-client.ts'
import { type KbCard, kbsOfWorkspaces, kbsOptions } from '../data/access.ts'
import { useTexts } from '../i18n/use-texts.ts'
import { ActionButton } from '../ui/action-button.tsx'
import { FrontWaiting } from '../ui/front-waiting.tsx'
import { Problem } from '../ui/problem.tsx'
import { useServices } from '../work/services.ts'
import { Shell, type ShellProps } from './shell.tsx'

interface TenantGateProps extends Omit<ShellProps, 'kbs'> {
  /** The tenant is not theirs any more. */
  readonly onGone: () => void
}

/** Learns what a tenant has before a page of it is drawn: pages then ask once. */
export function TenantGate(props: TenantGateProps) {
  const { account, tenantId, config, access, onGone } = props
  const { http, navigator } = useServices()
  const { t } = useTexts()
  const isStored = config.features.tenants && tenantId !== SINGLE_TENANT
  const stored = useQuery({ ...kbsOptions(http, account, tenantId), enabled: isStored })
  const kbs = useMemo(
    () => (isStored ? stored.data : kbsOfWorkspaces(access, tenantId)),
    [isStored, stored.data, access, tenantId],
  )
  const [isIn, setIn] = useState(false)
  const slugs = useMemo(() => (kbs === undefined ? undefined : slugsOf(kbs)), [kbs])
  useLayoutEffect(() => {
    if (slugs === undefined) return
    navigator.enter(tenantId, slugs)
    setIn(true)
  }, [navigator, tenantId, slugs])
  if (stored.error !== null && kbs === undefined) {
    const isForeign = stored.error instanceof ApiError && [403, 404].includes(stored.error.status)
    return (
      <main className="front">
        <div className="stack">
          <Problem error={stored.error} onRetry={() => void stored.refetch()} />
          {isForeign && <ActionButton onPress={onGone}>{t('header.allTenants')}</ActionButton>}
        </div>
      </main>
    )
  }
  if (kbs === undefined || !isIn) return <FrontWaiting />
  return <Shell {...props} kbs={kbs} />
}

/** The one to begin with first. */
function slugsOf(kbs: readonly KbCard[]): string[] {
  return kbs
    .toSorted((one, other) => Number(other.is_default) - Number(one.is_default))
    .map(({ slug }) => slug)
}
