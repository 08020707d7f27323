import '../../styles/front.css'
import '../../styles/tenants.css'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { MenuItem } from 'react-aria-components'
import {
  type Explanation,
  type Invitation,
  invitationsOptions,
  type TenantCard,
  type TenantPage,
  tenantsOfWorkspaces,
  tenantsOptions,
} from '../../data/access.ts'
import type { UiConfig } from '../../data/ui-config.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SearchInput } from '../../ui/search-input.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { AppearanceMenu } from '../../work/appearance-menu.tsx'
import { useServices } from '../../work/services.ts'
import { useTitle } from '../../work/use-title.ts'

interface TenantsPageProps {
  readonly account: string
  readonly config: UiConfig
  readonly access: Explanation
  readonly onChoose: (tenantId: string) => void
}

/** All tenants of an account, the one it worked in last first. */
export function TenantsPage({ account, config, access, onChoose }: TenantsPageProps) {
  const { t } = useTexts()
  const { tab, session } = useServices()
  useTitle(t('tenants.title'))
  const [search, setSearch] = useState('')
  const wanted = useDeferredValue(search.trim())
  const [cursors, setCursors] = useState<readonly string[]>([])
  const last = tab.last(account)
  return (
    <div className="front">
      <header className="front-bar">
        <AppearanceMenu>
          <MenuItem className="menu-item" onAction={() => session.signOut()}>
            {t('header.signOut')}
          </MenuItem>
        </AppearanceMenu>
      </header>
      <main className="tenants" id="content">
        <div className="stack">
          <h1>{t('tenants.title')}</h1>
          <p className="soft">{t('tenants.hint')}</p>
          <SearchInput
            label={t('tenants.search')}
            value={search}
            onChange={(text) => {
              setSearch(text)
              setCursors([])
            }}
          />
        </div>
        {config.features.tenants && <Invitations account={account} />}
        <ul className="tenant-cards">
          {config.features.tenants ? (
            [undefined, ...cursors].map((cursor, i, all) => (
              <StoredTenants
                key={cursor ?? 'first'}
                account={account}
                search={wanted}
                cursor={cursor}
                last={last}
                onChoose={onChoose}
                onMore={
                  i === all.length - 1
                    ? (next) => setCursors((before) => [...before, next])
                    : undefined
                }
              />
            ))
          ) : (
            <Cards
              page={tenantsOfWorkspaces(access, wanted)}
              search={wanted}
              last={last}
              onChoose={onChoose}
            />
          )}
        </ul>
      </main>
    </div>
  )
}

interface StoredTenantsProps {
  readonly account: string
  readonly search: string
  readonly cursor: string | undefined
  readonly last: string | undefined
  readonly onChoose: (tenantId: string) => void
  /** Undefined where more is shown already. */
  readonly onMore: ((cursor: string) => void) | undefined
}

function StoredTenants({ account, search, cursor, last, onChoose, onMore }: StoredTenantsProps) {
  const { http } = useServices()
  const { t } = useTexts()
  const page = useQuery(tenantsOptions(http, account, search, cursor))
  if (page.error !== null) {
    return (
      <li className="whole">
        <Problem error={page.error} onRetry={() => void page.refetch()} />
      </li>
    )
  }
  if (page.data === undefined) {
    return (
      <li className="whole">
        <Skeleton lines={4} height={56} />
      </li>
    )
  }
  const next = page.data.next_cursor
  return (
    <>
      <Cards page={page.data} search={search} last={last} onChoose={onChoose} />
      {next !== null && onMore !== undefined && (
        <li className="whole">
          <ActionButton onPress={() => onMore(next)}>{t('tenants.more')}</ActionButton>
        </li>
      )}
    </>
  )
}

interface CardsProps {
  readonly page: TenantPage
  readonly search: string
  readonly last: string | undefined
  readonly onChoose: (tenantId: string) => void
}

function Cards({ page, search, last, onChoose }: CardsProps) {
  const { t } = useTexts()
  if (page.items.length === 0) {
    return (
      <li className="whole">
        {search === '' ? (
          <EmptyState icon="tenants" title={t('tenants.none')} hint={t('tenants.noneHint')} />
        ) : (
          <EmptyState icon="search" title={t('tenants.noMatch', { search })} />
        )}
      </li>
    )
  }
  const isLast = (card: TenantCard) => card.tenant_id === last
  const cards = page.items.toSorted((one, other) => Number(isLast(other)) - Number(isLast(one)))
  return cards.map((card) => (
    <li key={card.tenant_id}>
      <Card card={card} isLast={isLast(card)} onChoose={() => onChoose(card.tenant_id)} />
    </li>
  ))
}

interface CardProps {
  readonly card: TenantCard
  readonly isLast: boolean
  readonly onChoose: () => void
}

function Card({ card, isLast, onChoose }: CardProps) {
  const { t, maybe } = useTexts()
  const isSuspended = card.status === 'suspended'
  const documents = card.num_documents
  return (
    <button type="button" className="tenant-card" disabled={isSuspended} onClick={onChoose}>
      <span className="tenant-mark" aria-hidden="true">
        {[...card.name][0]?.toUpperCase()}
      </span>
      <span className="grow">
        <span className="row apart">
          <strong className="truncate">
            <bdi>{card.name}</bdi>
          </strong>
          {isLast && <span className="badge accent">{t('tenants.lastUsed')}</span>}
          {isSuspended && <span className="badge bad">{t('tenants.suspended')}</span>}
        </span>
        <span className="small soft row wrap">
          {card.role !== null && <span>{maybe(`role.${card.role}`) ?? card.role}</span>}
          <span>{t('tenants.kbs', { count: card.num_knowledge_bases })}</span>
          {documents !== undefined && <span>{t('tenants.documents', { count: documents })}</span>}
        </span>
        {isSuspended && card.status_reason !== null && (
          <span className="small">{card.status_reason}</span>
        )}
      </span>
      <Icon name="forward" />
    </button>
  )
}

function Invitations({ account }: { readonly account: string }) {
  const { http } = useServices()
  const invitations = useQuery(invitationsOptions(http, account))
  if (invitations.data === undefined || invitations.data.items.length === 0) return null
  return (
    <ul className="stack">
      {invitations.data.items.map((one) => (
        <InvitationRow key={one.invitation_id} account={account} invitation={one} />
      ))}
    </ul>
  )
}

interface InvitationRowProps {
  readonly account: string
  readonly invitation: Invitation
}

function InvitationRow({ account, invitation }: InvitationRowProps) {
  const { t, maybe } = useTexts()
  const { http } = useServices()
  const queries = useQueryClient()
  const answer = useMutation({
    mutationFn: (word: 'accept' | 'decline') =>
      http.json(`api/v1/users/me/invitations/${invitation.invitation_id}/${word}`, {
        method: 'POST',
        json: {},
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [account, ''] }),
  })
  const role = maybe(`role.${invitation.role}`) ?? invitation.role
  return (
    <li className="notice">
      <Icon name="info" />
      <div className="stack grow">
        <p>{t('tenants.invitation', { name: invitation.tenant_name, role })}</p>
        {answer.error !== null && <Problem error={answer.error} />}
        <div className="row">
          <ActionButton
            look="primary"
            isCompact
            isBusy={answer.isPending}
            onPress={() => answer.mutate('accept')}
          >
            {t('tenants.accept')}
          </ActionButton>
          <ActionButton
            isCompact
            isBusy={answer.isPending}
            onPress={() => answer.mutate('decline')}
          >
            {t('tenants.decline')}
          </ActionButton>
        </div>
      </div>
    </li>
  )
}
