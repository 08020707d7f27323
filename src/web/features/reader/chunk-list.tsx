import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { CHUNKS_A_PAGE, chunksOptions } from '../../data/document-list.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageButtons } from '../../ui/page-buttons.tsx'
import { Problem } from '../../ui/problem.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { PageLink } from '../../work/page-link.tsx'
import { usePlace } from '../../work/place.ts'
import { readerPath } from '../../work/reader-address.ts'
import { useServices } from '../../work/services.ts'

interface ChunkListProps {
  readonly documentId: string
  readonly onOpen: () => void
}

/** What a document was cut into. */
export function ChunkList({ documentId, onOpen }: ChunkListProps) {
  const { t } = useTexts()
  const { http } = useServices()
  const place = usePlace()
  const [page, setPage] = useState(1)
  const found = useQuery(chunksOptions(http, place, documentId, page))
  if (found.error !== null) {
    return <Problem error={found.error} onRetry={() => void found.refetch()} />
  }
  if (found.data === undefined) return <Skeleton lines={8} height={28} />
  const { chunks, total_count: total } = found.data
  if (total === 0) return <EmptyState icon="text" title={t('reader.noChunks')} />
  const pages = Math.ceil(total / CHUNKS_A_PAGE)
  return (
    <div className="stack">
      <ol className="chunks">
        {chunks.map((chunk) => (
          <li key={chunk.chunk_id} className="chunk">
            <div className="row wrap small soft">
              <strong className="number">{t('reader.chunk', { number: chunk.ordinal + 1 })}</strong>
              {chunk.page !== null && <span>{t('reader.page', { page: chunk.page })}</span>}
              {chunk.headings.length > 0 && (
                <span className="truncate">{chunk.headings.join(' › ')}</span>
              )}
              <span className="number">{t('reader.tokens', { count: chunk.tokens })}</span>
              {chunk.status === 'set_aside' && (
                <span className="badge bad">{t('reader.setAside')}</span>
              )}
              <span className="grow" />
              <PageLink to={readerPath(documentId, chunk)} onGo={onOpen}>
                {t('reader.show')}
              </PageLink>
            </div>
            <p className="chunk-text" dir="auto">
              {chunk.content}
            </p>
            {chunk.error !== null && <p className="small upload-error">{chunk.error}</p>}
          </li>
        ))}
      </ol>
      {pages > 1 && (
        <nav className="row" aria-label={t('documents.pages')}>
          <PageButtons page={page} pages={pages} onGo={setPage} />
        </nav>
      )}
    </div>
  )
}
