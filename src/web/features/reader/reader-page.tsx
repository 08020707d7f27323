import '../../styles/reader.css'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { documentOptions } from '../../data/document-list.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Problem } from '../../ui/problem.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { PageLink } from '../../work/page-link.tsx'
import { usePlace } from '../../work/place.ts'
import { type Range, readReaderAddress } from '../../work/reader-address.ts'
import { useServices } from '../../work/services.ts'
import { useTitle } from '../../work/use-title.ts'
import { ChunkList } from './chunk-list.tsx'
import { DocumentDetails } from './document-details.tsx'
import { DocumentText } from './document-text.tsx'
import { DownloadButton } from './download-button.tsx'

/** A document to read: its text at a passage, what it was cut into, what is known of it. */
export default function ReaderPage({ rest }: { readonly rest: string }) {
  const { t } = useTexts()
  const asked = useMemo(() => readReaderAddress(rest), [rest])
  if (asked === undefined) return <EmptyState icon="alert" title={t('app.notFound')} />
  return <Reader key={asked.documentId} documentId={asked.documentId} range={asked.range} />
}

interface ReaderProps {
  readonly documentId: string
  readonly range: Range | undefined
}

const TABS = ['text', 'chunks', 'details'] as const

function Reader({ documentId, range }: ReaderProps) {
  const { t } = useTexts()
  const { http } = useServices()
  const place = usePlace()
  const found = useQuery(documentOptions(http, place, documentId))
  const [tab, setTab] = useState<(typeof TABS)[number]>('text')
  useTitle(found.data?.file_path ?? t('reader.title'), place.kb)
  const back = (
    <PageLink to="documents" className="button quiet">
      <Icon name="back" />
      {t('nav.documents')}
    </PageLink>
  )
  if (found.error !== null) {
    return (
      <div className="stack">
        <div>{back}</div>
        <Problem error={found.error} onRetry={() => void found.refetch()} />
      </div>
    )
  }
  if (found.data === undefined) return <Skeleton lines={12} height={18} />
  const row = found.data
  return (
    <article className="stack reader">
      <div>{back}</div>
      <div className="page-head">
        <h1 className="truncate">
          <bdi>{row.file_path}</bdi>
        </h1>
        {row.has_file === true && <DownloadButton row={row} />}
      </div>
      <Tabs
        className="tabs"
        selectedKey={tab}
        onSelectionChange={(key) => setTab(TABS.find((one) => one === key) ?? 'text')}
      >
        <TabList className="tab-list" aria-label={t('reader.parts')}>
          {TABS.map((one) => (
            <Tab key={one} id={one} className="tab">
              {t(`reader.${one}`)}
            </Tab>
          ))}
        </TabList>
        <TabPanel id="text" className="tab-panel">
          {row.content_length === 0 ? (
            <EmptyState
              icon="clock"
              title={t('reader.notRead')}
              hint={row.error_msg ?? t('reader.notReadHint')}
            />
          ) : (
            <DocumentText documentId={documentId} range={range} />
          )}
        </TabPanel>
        <TabPanel id="chunks" className="tab-panel">
          <ChunkList documentId={documentId} onOpen={() => setTab('text')} />
        </TabPanel>
        <TabPanel id="details" className="tab-panel">
          <DocumentDetails row={row} />
        </TabPanel>
      </Tabs>
    </article>
  )
}
