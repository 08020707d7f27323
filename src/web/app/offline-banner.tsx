import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ApiError } from '../api/api-error.ts'
import { useTexts } from '../i18n/use-texts.ts'
import { Icon } from '../ui/icon.tsx'
import { useServices } from '../work/services.ts'

const LOOK_EVERY_MS = 5000

/** Says that the server is away, and has all asked again once it is back. */
export function OfflineBanner() {
  const { t } = useTexts()
  const { http } = useServices()
  const queries = useQueryClient()
  const [isAway, setAway] = useState(false)
  useEffect(
    () =>
      queries.getQueryCache().subscribe(({ query }) => {
        const { error } = query.state
        if (error instanceof ApiError && error.code === 'offline') setAway(true)
      }),
    [queries],
  )
  useEffect(() => {
    if (!isAway) return undefined
    const timer = setInterval(() => {
      void http.send('auth-status', { credential: { kind: 'none' } }).then(
        () => {
          setAway(false)
          void queries.refetchQueries({ type: 'active' })
        },
        () => undefined,
      )
    }, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [isAway, http, queries])
  if (!isAway) return null
  return (
    <p className="notice warn" role="status">
      <Icon name="alert" />
      {t('app.offline')}
    </p>
  )
}
