import '../../styles/documents.css'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import {
  type Chosen,
  type DocumentRow,
  documentsKey,
  documentsOptions,
  filterOf,
  retryDocuments,
} from '../../data/document-list.ts'
import { uiConfigOptions } from '../../data/ui-config.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Problem, problemText } from '../../ui/problem.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { useMay, usePlace, useView } from '../../work/place.ts'
import { useServices } from '../../work/services.ts'
import { useTitle } from '../../work/use-title.ts'
import { BulkBar } from './bulk-bar.tsx'
import { DocumentFilters } from './document-filters.tsx'
import { DocumentTable } from './document-table.tsx'
import { DropArea } from './drop-area.tsx'
import { Pager } from './pager.tsx'
import { PasteDialog } from './paste-dialog.tsx'
import { UploadButton } from './upload-button.tsx'
import { useHeldDeletions } from './use-held-deletions.ts'

const ROUTE = 'documents'

/** The documents of a knowledge base. */
export default function DocumentsPage() {
  const { t } = useTexts()
  const { http } = useServices()
  const place = usePlace()
  const may = useMay()
  const [view, change] = useView(ROUTE)
  const page = useQuery(documentsOptions(http, place, view))
  const { data: config } = useQuery(uiConfigOptions(http))
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [isPasting, setPasting] = useState(false)
  const held = useHeldDeletions()
  const retry = useRetry()
  useTitle(t('nav.documents'), place.kb)
  const rows = page.data?.documents.filter(({ id }) => !held.ids.has(id)) ?? []
  const isFiltered = Object.keys(view.filters ?? {}).length > 0
  const isEmpty = page.data !== undefined && page.data.pagination.total_count === 0
  const mayAdd = may('document:create')
  const add = mayAdd && (
    <div className="row">
      <ActionButton icon="text" onPress={() => setPasting(true)}>
        {t('documents.paste')}
      </ActionButton>
      <UploadButton look="primary" types={config?.upload.types ?? []} />
    </div>
  )
  return (
    <DropArea isActive={mayAdd} limits={config?.upload}>
      <div className="page-head">
        <h1>{t('nav.documents')}</h1>
        {!(isEmpty && !isFiltered) && add}
      </div>
      {page.error !== null && <Problem error={page.error} onRetry={() => void page.refetch()} />}
      {!(isEmpty && !isFiltered) && (
        <DocumentFilters view={view} counts={page.data?.status_counts} onChange={change} />
      )}
      {page.data === undefined && page.error === null && <Skeleton lines={10} height={30} />}
      {isEmpty && !isFiltered && <NothingYet mayAdd={mayAdd} add={add} />}
      {isEmpty && isFiltered && (
        <EmptyState icon="search" title={t('documents.noMatch')}>
          <ActionButton onPress={() => change({ filters: undefined })}>
            {t('documents.clearFilters')}
          </ActionButton>
        </EmptyState>
      )}
      {may('document:update') && (
        <FailedNotice
          count={page.data?.status_counts.failed ?? 0}
          isBusy={retry.isPending}
          onRetry={() =>
            retry.mutate({ filter: { ...filterOf(view), status_filters: ['failed'] } })
          }
        />
      )}
      {rows.length > 0 && (
        <DocumentTable
          rows={rows}
          sort={view.sort}
          chosen={chosen}
          onChoose={setChosen}
          onSort={(sort) => change({ sort })}
          onDelete={(row: DocumentRow) => held.hold({ doc_ids: [row.id] }, 1)}
        />
      )}
      {page.data !== undefined && !isEmpty && (
        <Pager pagination={page.data.pagination} pageSize={view.pageSize ?? 50} onChange={change} />
      )}
      <BulkBar
        chosen={rows.filter(({ id }) => chosen.has(id))}
        total={page.data?.pagination.total_count ?? 0}
        filter={filterOf(view)}
        isPageChosen={rows.every(({ id }) => chosen.has(id))}
        onDelete={(meant, count) => {
          held.hold(meant, count)
          setChosen(new Set())
        }}
        onRetry={retry.mutate}
        onClear={() => setChosen(new Set())}
      />
      <PasteDialog isOpen={isPasting} onClose={() => setPasting(false)} />
    </DropArea>
  )
}

interface NothingYetProps {
  readonly mayAdd: boolean
  /** How documents are added. */
  readonly add: ReactNode
}

function NothingYet({ mayAdd, add }: NothingYetProps) {
  const { t } = useTexts()
  const hint = t(mayAdd ? 'documents.noneHint' : 'documents.noneReader')
  return (
    <EmptyState icon="documents" title={t('documents.none')} hint={hint}>
      {add}
      {mayAdd && <SampleButton />}
    </EmptyState>
  )
}

interface FailedNoticeProps {
  readonly count: number
  readonly isBusy: boolean
  readonly onRetry: () => void
}

function FailedNotice({ count, isBusy, onRetry }: FailedNoticeProps) {
  const { t } = useTexts()
  if (count === 0) return null
  return (
    <p className="notice warn">
      <Icon name="alert" />
      <span className="grow">{t('documents.someFailed', { count })}</span>
      <ActionButton icon="retry" isCompact isBusy={isBusy} onPress={onRetry}>
        {t('documents.retryFailed')}
      </ActionButton>
    </p>
  )
}

/** Tries failed documents again, and says with how many it is done. */
function useRetry() {
  const texts = useTexts()
  const { http } = useServices()
  const place = usePlace()
  const toasts = useToasts()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (chosen: Chosen) => retryDocuments(http, place, chosen),
    onSuccess: ({ accepted }) => {
      toasts.show({ text: texts.t('documents.retrying', { count: accepted }) })
    },
    onError: (error) => toasts.show({ text: problemText(error, texts) }),
    onSettled: () => queries.invalidateQueries({ queryKey: documentsKey(place) }),
  })
}

/** A few short texts, so that there is something to ask. */
function SampleButton() {
  const { t } = useTexts()
  const { http } = useServices()
  const place = usePlace()
  const queries = useQueryClient()
  const [isBusy, setBusy] = useState(false)
  const load = async () => {
    setBusy(true)
    try {
      const { SAMPLES } = await import('./samples.ts')
      const { texts, file_sources } = SAMPLES
      await http.json('documents/texts', { method: 'POST', json: { texts, file_sources }, place })
      await queries.invalidateQueries({ queryKey: documentsKey(place) })
    } finally {
      setBusy(false)
    }
  }
  return (
    <ActionButton look="quiet" icon="book" isBusy={isBusy} onPress={() => void load()}>
      {t('documents.sample')}
    </ActionButton>
  )
}
