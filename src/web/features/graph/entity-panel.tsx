import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { type EntityDetails, entityOptions, neighboursOptions } from '../../data/entities.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { Problem } from '../../ui/problem.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { PageLink } from '../../work/page-link.tsx'
import { usePlace } from '../../work/place.ts'
import { readerPath } from '../../work/reader-address.ts'
import { useServices } from '../../work/services.ts'
import { Neighbourhood } from './neighbourhood.tsx'

interface EntityPanelProps {
  readonly name: string
  readonly onChoose: (name: string) => void
  readonly onClose: () => void
}

/** One entity: what is said of it, where, and what it is tied to. */
export function EntityPanel({ name, onChoose, onClose }: EntityPanelProps) {
  const { t } = useTexts()
  const { http } = useServices()
  const place = usePlace()
  const entity = useQuery(entityOptions(http, place, name))
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => head.current?.focus({ preventScroll: true }), [])
  return (
    <aside
      className="entity"
      aria-label={name}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <header className="row">
        <h2 className="grow" tabIndex={-1} ref={head}>
          <bdi>{name}</bdi>
        </h2>
        {entity.data !== undefined && <span className="badge accent">{entity.data.type}</span>}
        <ActionButton icon="close" look="quiet" iconOnly isCompact onPress={onClose}>
          {t('app.close')}
        </ActionButton>
      </header>
      {entity.error !== null && (
        <Problem error={entity.error} onRetry={() => void entity.refetch()} />
      )}
      {entity.data === undefined && entity.error === null && <Skeleton lines={5} />}
      {entity.data !== undefined && (
        <>
          <p className="description" dir="auto">
            {entity.data.description}
          </p>
          {entity.data.edited_fields.length > 0 && (
            <p className="small soft">{t('graph.edited')}</p>
          )}
          <Ties name={name} onChoose={onChoose} />
          <Sources entity={entity.data} />
        </>
      )}
    </aside>
  )
}

interface TiesProps {
  readonly name: string
  readonly onChoose: (name: string) => void
}

function Ties({ name, onChoose }: TiesProps) {
  const { t, number } = useTexts()
  const { http } = useServices()
  const place = usePlace()
  const ties = useInfiniteQuery(neighboursOptions(http, place, name))
  if (ties.error !== null) {
    return <Problem error={ties.error} onRetry={() => void ties.refetch()} />
  }
  if (ties.data === undefined) return <Skeleton lines={4} />
  const items = ties.data.pages.flatMap((page) => page.items)
  const total = ties.data.pages[0]?.total ?? 0
  if (total === 0) return <p className="soft">{t('graph.noTies')}</p>
  return (
    <section className="stack" aria-label={t('graph.ties')}>
      <h3>{t('graph.tiesOf', { shown: items.length, total })}</h3>
      <Neighbourhood name={name} neighbours={items} />
      <ul className="ties">
        {items.map(({ entity, relation }) => (
          <li key={`${relation.source}\n${relation.target}`}>
            <div className="row apart">
              <button type="button" className="entity-link" onClick={() => onChoose(entity.name)}>
                <bdi>{entity.name}</bdi>
              </button>
              <span className="small soft number">{number(relation.weight)}</span>
            </div>
            <p className="small soft" dir="auto">
              {relation.description === '' ? relation.keywords : relation.description}
            </p>
          </li>
        ))}
      </ul>
      {ties.hasNextPage && (
        <div>
          <ActionButton
            isCompact
            isBusy={ties.isFetchingNextPage}
            onPress={() => void ties.fetchNextPage()}
          >
            {t('graph.moreTies')}
          </ActionButton>
        </div>
      )}
    </section>
  )
}

function Sources({ entity }: { readonly entity: EntityDetails }) {
  const { t } = useTexts()
  if (entity.sources.length === 0) return null
  return (
    <section className="stack" aria-label={t('graph.sources')}>
      <h3>{t('graph.sourcesOf', { count: entity.sources_total })}</h3>
      <ul className="ties">
        {entity.sources.map((source) => (
          <li key={source.chunk_id} className="row">
            <PageLink to={readerPath(source.document_id, source)} className="truncate">
              <bdi>{source.file_path}</bdi>
            </PageLink>
            {source.page !== null && (
              <span className="small soft">{t('reader.page', { page: source.page })}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
