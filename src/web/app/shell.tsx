import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useMemo, useSyncExternalStore } from 'react'
import { MenuItem, MenuSection } from 'react-aria-components'
import { type Place, SINGLE_TENANT } from '../api/http-client.ts'
import {
  accessOptions,
  type Explanation,
  type KbCard,
  type Permission,
  type Role,
} from '../data/access.ts'
import type { UiConfig } from '../data/ui-config.ts'
import type { WorkPlace } from '../data/work-place.ts'
import { useTexts } from '../i18n/use-texts.ts'
import { Choice } from '../ui/choice.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Icon } from '../ui/icon.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { AppearanceMenu } from '../work/appearance-menu.tsx'
import { PageLink } from '../work/page-link.tsx'
import { PlaceContext } from '../work/place.ts'
import { type FoundRoute, ROUTES, routeOf, TENANTS_PATH } from '../work/routes.ts'
import { useServices } from '../work/services.ts'
import { useLocation } from '../work/use-location.ts'
import { useTitle } from '../work/use-title.ts'
import { CrashGuard } from './crash-guard.tsx'
import { OfflineBanner } from './offline-banner.tsx'
import { PAGES } from './pages.ts'

export interface ShellProps {
  readonly account: string
  readonly tenantId: string
  readonly config: UiConfig
  readonly access: Explanation
  /** Undefined where there is nothing to switch to. */
  readonly onSwitch: ((tenantId: string) => void) | undefined
  readonly kbs: readonly KbCard[]
}

/** The frame of every page: where one is, where one can go, and the page itself. */
export function Shell({ account, tenantId, config, kbs, onSwitch }: ShellProps) {
  const { t } = useTexts()
  const { http, views, address } = useServices()
  const { path } = useLocation()
  const found = routeOf(path)
  const route = found?.route.name ?? ''
  const kb = useSyncExternalStore(views.subscribe, () => views.getState(tenantId, route).currentKB)
  const slug = kb ?? kbs[0]?.slug ?? 'default'
  const at = useMemo<Place>(() => ({ tenantId, kb: slug }), [tenantId, slug])
  const here = useQuery(accessOptions(http, account, at))
  const permissions = here.data?.permissions ?? NOTHING
  const place = useMemo<WorkPlace>(
    () => ({
      account,
      tenantId,
      kb: slug,
      kbs,
      tenantName: tenantId === SINGLE_TENANT ? '' : tenantId,
      role: (here.data?.role ?? undefined) as Role | undefined,
      permissions,
    }),
    [account, tenantId, slug, kbs, here.data?.role, permissions],
  )
  const pages = ROUTES.filter(
    ({ needs, icon }) => icon !== undefined && permissions.includes(needs),
  )
  return (
    <PlaceContext value={place}>
      <a className="skip" href={`${address.href(path)}#content`} onClick={skipToContent}>
        {t('app.skip')}
      </a>
      <div className="shell">
        <header className="bar">
          <PageLink to="" className="bar-brand" title={config.title ?? t('app.title')}>
            <span className="brand-mark" aria-hidden="true" />
            <span className="wide-only">{config.title ?? t('app.title')}</span>
          </PageLink>
          {onSwitch !== undefined && (
            <PageLink
              to={TENANTS_PATH}
              className="button quiet tenant-link"
              title={t('header.switchTenant')}
            >
              <Icon name="tenants" />
              <bdi className="truncate">{place.tenantName}</bdi>
              <Icon name="chevron" />
            </PageLink>
          )}
          {kbs.length > 1 && <KbSwitch route={route} place={place} />}
          <span className="grow" />
          {place.role !== undefined && (
            <span className="badge wide-only">{t(`role.${place.role}`)}</span>
          )}
          <AccountMenu account={account} hasDocs={config.features.api_docs} />
        </header>
        <nav className="rail" aria-label={t('nav.label')}>
          {pages.map(({ name, path: to, title, icon = 'documents' }) => (
            <PageLink
              key={name}
              to={to}
              className="rail-link"
              isCurrent={name === route || (name === 'documents' && route === 'reader')}
            >
              <Icon name={icon} />
              <span>{t(title)}</span>
            </PageLink>
          ))}
        </nav>
        <main className="content" id="content" tabIndex={-1}>
          <OfflineBanner />
          {here.error !== null && here.data === undefined ? (
            <Problem error={here.error} onRetry={() => void here.refetch()} />
          ) : (
            <CrashGuard key={`${route} ${slug}`}>
              <Suspense fallback={<Skeleton lines={8} height={24} />}>
                {here.data === undefined ? (
                  <Skeleton lines={8} height={24} />
                ) : (
                  <OpenPage
                    path={path}
                    found={found}
                    pages={pages.map((one) => one.path)}
                    permissions={permissions}
                  />
                )}
              </Suspense>
            </CrashGuard>
          )}
        </main>
      </div>
      {permissions.includes('document:create') && (
        <Suspense fallback={null}>
          <UploadDock />
        </Suspense>
      )}
    </PlaceContext>
  )
}

const UploadDock = lazy(() => import('../features/documents/upload-dock.tsx'))
const NOTHING: readonly Permission[] = []

interface OpenPageProps {
  readonly path: string
  readonly found: FoundRoute | undefined
  readonly pages: readonly string[]
  readonly permissions: readonly Permission[]
}

function OpenPage({ path, found, pages, permissions }: OpenPageProps) {
  const { address } = useServices()
  const [home] = pages
  const isAtStart = path === '' && home !== undefined
  useEffect(() => {
    if (isAtStart) address.go(home, 'replace')
  }, [isAtStart, home, address])
  if (isAtStart) return <Skeleton lines={8} height={24} />
  const Page = found === undefined ? undefined : PAGES[found.route.name]
  if (found === undefined || Page === undefined || !permissions.includes(found.route.needs)) {
    return <NoPage isForbidden={found !== undefined} />
  }
  return <Page rest={found.rest} />
}

function NoPage({ isForbidden }: { readonly isForbidden: boolean }) {
  const { t } = useTexts()
  useTitle(t('app.notFound'))
  return (
    <EmptyState
      icon="alert"
      title={t(isForbidden ? 'app.forbidden' : 'app.notFound')}
      hint={t(isForbidden ? 'app.forbiddenHint' : 'app.notFoundHint')}
    >
      <PageLink to="" className="button primary">
        {t('app.home')}
      </PageLink>
    </EmptyState>
  )
}

function KbSwitch({ route, place }: { readonly route: string; readonly place: WorkPlace }) {
  const { t } = useTexts()
  const { views } = useServices()
  return (
    <Choice
      className="kb-switch"
      label={t('header.kb')}
      value={place.kb}
      options={place.kbs.map(({ slug, name }) => ({ value: slug, text: name }))}
      onChange={(slug) => {
        views.setState(place.tenantId, route, { currentKB: slug })
        views.syncToURL(route, { mode: 'push' })
      }}
    />
  )
}

function AccountMenu({
  account,
  hasDocs,
}: {
  readonly account: string
  readonly hasDocs: boolean
}) {
  const { t } = useTexts()
  const { session } = useServices()
  const isGuest = session.credential.kind === 'none'
  return (
    <AppearanceMenu>
      <MenuSection aria-label={t('header.signedInAs', { name: account })}>
        {hasDocs && (
          <MenuItem
            className="menu-item"
            href={new URL('../docs', document.baseURI).href}
            target="_blank"
          >
            {t('header.apiDocs')}
          </MenuItem>
        )}
        {!isGuest && (
          <MenuItem className="menu-item" onAction={() => session.signOut()}>
            {t('header.signOut')}
          </MenuItem>
        )}
        {!isGuest && (
          <MenuItem
            className="menu-item"
            onAction={() => void forget().then(() => session.signOut())}
          >
            {t('header.signOutForget')}
          </MenuItem>
        )}
      </MenuSection>
    </AppearanceMenu>
  )
}

/** What this browser kept of conversations, for computers that others use as well. */
async function forget(): Promise<void> {
  const { forgetConversations } = await import('../features/ask/conversation-store.ts')
  await forgetConversations()
}

function skipToContent(event: { preventDefault(): void }): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('#content')?.focus()
}
