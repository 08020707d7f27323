import '../../styles/graph.css'
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue } from 'react'
import { entitiesOptions, statsOptions } from '../../data/entities.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SearchInput } from '../../ui/search-input.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { usePlace, useView } from '../../work/place.ts'
import { useServices } from '../../work/services.ts'
import { useTitle } from '../../work/use-title.ts'
import { EntityList } from './entity-list.tsx'
import { EntityPanel } from './entity-panel.tsx'

const ROUTE = 'graph'

/** The graph by its entities: those with most relations, those that are searched for, and one of them. */
export default function GraphPage() {
  const { t } = useTexts()
  const { http } = useServices()
  const place = usePlace()
  const [view, change] = useView(ROUTE)
  const search = view.filters?.q?.[0] ?? ''
  const type = view.filters?.type?.[0]
  const asked = useDeferredValue(search.trim())
  const found = useQuery(entitiesOptions(http, place, asked))
  const stats = useQuery(statsOptions(http, place))
  const chosen = typeof view.ui?.entity === 'string' ? view.ui.entity : undefined
  useTitle(t('nav.graph'), place.kb)
  const open = (name: string | undefined) =>
    change({ ui: name === undefined ? undefined : { entity: name } })
  const filter = (name: string, value: string | undefined, typing = false) => {
    const { [name]: _, ...rest } = view.filters ?? {}
    const filters = value === undefined || value === '' ? rest : { ...rest, [name]: [value] }
    change({ filters: Object.keys(filters).length === 0 ? undefined : filters }, { typing })
  }
  const rows = found.data?.filter((row) => type === undefined || row.type === type)
  return (
    <div className="graph" data-open={chosen === undefined ? undefined : true}>
      <section className="stack" aria-label={t('graph.entities')}>
        <div className="page-head">
          <h1>{t('nav.graph')}</h1>
          {stats.data !== undefined && (
            <p className="soft number">
              {t('graph.size', {
                entities: stats.data.entities,
                relations: stats.data.relations,
              })}
            </p>
          )}
        </div>
        <SearchInput
          label={t('graph.search')}
          value={search}
          onChange={(text) => filter('q', text, true)}
        />
        {stats.data !== undefined && stats.data.types.length > 1 && (
          <fieldset className="chips">
            <legend className="sr-only">{t('graph.types')}</legend>
            {stats.data.types.slice(0, MOST_TYPES).map(({ type: name, n }) => (
              <button
                key={name}
                type="button"
                className="chip"
                aria-pressed={name === type}
                onClick={() => filter('type', name === type ? undefined : name)}
              >
                {name}
                <span className="number">{n}</span>
              </button>
            ))}
          </fieldset>
        )}
        {found.error !== null && (
          <Problem error={found.error} onRetry={() => void found.refetch()} />
        )}
        {found.data === undefined && found.error === null && <Skeleton lines={10} height={30} />}
        {rows?.length === 0 &&
          (search === '' && type === undefined ? (
            <EmptyState icon="graph" title={t('graph.none')} hint={t('graph.noneHint')} />
          ) : (
            <EmptyState icon="search" title={t('graph.noMatch')} />
          ))}
        {rows !== undefined && rows.length > 0 && (
          <EntityList rows={rows} chosen={chosen} onChoose={open} />
        )}
      </section>
      {chosen !== undefined && (
        <EntityPanel key={chosen} name={chosen} onChoose={open} onClose={() => open(undefined)} />
      )}
    </div>
  )
}

/** As buttons; rarer ones are found by searching. */
const MOST_TYPES = 12
