import { useEffect, useRef } from 'react'
import type { Citation, Reference } from '../../data/ask-types.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { PageLink } from '../../work/page-link.tsx'
import { useMay } from '../../work/place.ts'
import { readerPath } from '../../work/reader-address.ts'

interface SourcePanelProps {
  readonly reference: Reference
  readonly onClose: () => void
}

/** The passages of a file that an answer rests on, beside the answer. */
export function SourcePanel({ reference, onClose }: SourcePanelProps) {
  const { t } = useTexts()
  const may = useMay()
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => head.current?.focus(), [])
  const { citations, content = [], file_path: file, reference_id: id } = reference
  return (
    <aside
      className="source"
      aria-label={t('ask.source')}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <header className="row">
        <span className="cite-number">{id}</span>
        <h2 className="truncate grow" tabIndex={-1} ref={head}>
          <bdi>{file}</bdi>
        </h2>
        <ActionButton icon="close" look="quiet" iconOnly isCompact onPress={onClose}>
          {t('app.close')}
        </ActionButton>
      </header>
      {!may('document:read') && <p className="soft">{t('ask.noPassages')}</p>}
      <ol className="passages">
        {citations.map((citation, i) => (
          <li key={citation.chunk_id} className="passage">
            <p className="row wrap small soft">
              {citation.page !== null && <span>{t('reader.page', { page: citation.page })}</span>}
              {citation.headings.length > 0 && <span>{citation.headings.join(' › ')}</span>}
            </p>
            {content[i] !== undefined && <Passage citation={citation} text={content[i]} />}
            {may('document:read') && (
              <PageLink
                to={readerPath(citation.document_id, citation.sentence ?? citation)}
                className="button compact"
              >
                <Icon name="book" />
                {t('ask.open')}
              </PageLink>
            )}
          </li>
        ))}
      </ol>
    </aside>
  )
}

/** The sentence that speaks most to the question stands out. */
function Passage({ citation, text }: { readonly citation: Citation; readonly text: string }) {
  const { start, sentence } = citation
  if (sentence === null) return <blockquote dir="auto">{text}</blockquote>
  const [from, to] = [sentence.start - start, sentence.end - start]
  return (
    <blockquote dir="auto">
      {text.slice(0, from)}
      <mark>{text.slice(from, to)}</mark>
      {text.slice(to)}
    </blockquote>
  )
}
