import { useVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState } from 'react'
import type { DocumentRow } from '../../data/document-list.ts'
import type { MessageKey } from '../../i18n/text.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import type { Sort } from '../../state/view-state.ts'
import { Icon } from '../../ui/icon.tsx'
import { PageLink } from '../../work/page-link.tsx'
import { readerPath } from '../../work/reader-address.ts'
import { DocumentMenu } from './document-menu.tsx'
import { DocumentStatus } from './document-status.tsx'

interface DocumentTableProps {
  readonly rows: readonly DocumentRow[]
  readonly sort: Sort | undefined
  readonly chosen: ReadonlySet<string>
  readonly onChoose: (chosen: ReadonlySet<string>) => void
  readonly onSort: (sort: Sort) => void
  readonly onDelete: (row: DocumentRow) => void
}

const ROW_HEIGHT = 53
/** Fewer are drawn at once. */
const DRAWN_AT_ONCE = 50
const BEYOND = 8

/** One page of the list. Of long ones only what is near the window is drawn. */
export function DocumentTable(props: DocumentTableProps) {
  const { rows, sort, chosen, onChoose, onSort, onDelete } = props
  const { t } = useTexts()
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const scroller = scrollerOf()
    if (body.current === null || scroller === null) return
    const { top: own } = body.current.getBoundingClientRect()
    setTop(own - scroller.getBoundingClientRect().top + scroller.scrollTop)
  }, [])
  const isLong = rows.length > DRAWN_AT_ONCE
  const drawn = useVirtualizer({
    getScrollElement: scrollerOf,
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: BEYOND,
    scrollMargin: top,
    enabled: isLong,
    getItemKey: (index) => rows[index]?.id ?? index,
  })
  const items = isLong ? drawn.getVirtualItems() : undefined
  const [first] = items ?? []
  const last = items?.at(-1)
  const before = first === undefined ? 0 : first.start - top
  const behind = last === undefined ? 0 : drawn.getTotalSize() - (last.end - top)
  const shown =
    items === undefined
      ? rows.map((row, index) => ({ row, index }))
      : items.flatMap(({ index }) => {
          const row = rows[index]
          return row === undefined ? [] : [{ row, index }]
        })
  const areAll = rows.every(({ id }) => chosen.has(id))
  const toggle = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    onChoose(next)
  }
  return (
    <table className="documents" aria-rowcount={rows.length + 1}>
      <caption className="sr-only">{t('nav.documents')}</caption>
      <thead>
        <tr aria-rowindex={1}>
          <th scope="col" className="narrow">
            <label className="checkbox">
              <input
                type="checkbox"
                aria-label={t('documents.chooseAll')}
                checked={areAll}
                onChange={() => onChoose(areAll ? new Set() : new Set(rows.map(({ id }) => id)))}
              />
            </label>
          </th>
          <SortableHead field="file_path" title="documents.name" sort={sort} onSort={onSort} />
          <th scope="col">{t('documents.status')}</th>
          <th scope="col" className="end">
            {t('documents.chunks')}
          </th>
          <SortableHead field="updated_at" title="documents.updated" sort={sort} onSort={onSort} />
          <th scope="col" className="narrow">
            <span className="sr-only">{t('app.more')}</span>
          </th>
        </tr>
      </thead>
      <tbody ref={body}>
        {before > 0 && <tr style={{ height: before }} />}
        {shown.map(({ row, index }) => (
          <Row
            key={row.id}
            row={row}
            index={index}
            isChosen={chosen.has(row.id)}
            onToggle={() => toggle(row.id)}
            onDelete={() => onDelete(row)}
          />
        ))}
        {behind > 0 && <tr style={{ height: behind }} />}
      </tbody>
    </table>
  )
}

/** What scrolls is the page within its frame. */
function scrollerOf(): HTMLElement | null {
  return document.querySelector<HTMLElement>('#content')
}

interface SortableHeadProps {
  readonly field: string
  readonly title: MessageKey
  readonly sort: Sort | undefined
  readonly onSort: (sort: Sort) => void
}

function SortableHead({ field, title, sort, onSort }: SortableHeadProps) {
  const { t } = useTexts()
  const own = sort?.field === field ? sort.direction : undefined
  const said = { asc: 'ascending', desc: 'descending' } as const
  return (
    <th scope="col" aria-sort={own === undefined ? 'none' : said[own]}>
      <button
        type="button"
        className="sorter"
        data-direction={own}
        onClick={() => onSort({ field, direction: own === 'desc' ? 'asc' : 'desc' })}
      >
        {t(title)}
        <Icon name="chevron" />
      </button>
    </th>
  )
}

interface RowProps {
  readonly row: DocumentRow
  readonly index: number
  readonly isChosen: boolean
  readonly onToggle: () => void
  readonly onDelete: () => void
}

function Row({ row, index, isChosen, onToggle, onDelete }: RowProps) {
  const { t, ago, dateTime, number, bytes } = useTexts()
  const { size, tags = [], enabled = true } = row
  return (
    <tr aria-rowindex={index + 2} data-chosen={isChosen || undefined}>
      <td className="narrow">
        <label className="checkbox">
          <input
            type="checkbox"
            aria-label={t('documents.choose', { name: row.file_path })}
            checked={isChosen}
            onChange={onToggle}
          />
        </label>
      </td>
      <th scope="row" className="name">
        <PageLink to={readerPath(row.id)} className="document-link">
          <bdi className="truncate">{row.file_path}</bdi>
        </PageLink>
        <span className="row small soft">
          {size !== null && size !== undefined && <bdi>{bytes(size)}</bdi>}
          {!enabled && <span className="badge warn">{t('documents.disabled')}</span>}
          {tags.slice(0, 3).map((tag) => (
            <span key={tag} className="badge">
              {tag}
            </span>
          ))}
          <span className="truncate summary" dir="auto">
            {row.content_summary}
          </span>
        </span>
      </th>
      <td>
        <DocumentStatus row={row} />
      </td>
      <td className="end number">{row.chunks_count === null ? '–' : number(row.chunks_count)}</td>
      <td className="soft">
        <time dateTime={row.updated_at} title={dateTime(row.updated_at)}>
          {ago(row.updated_at)}
        </time>
      </td>
      <td className="narrow">
        <DocumentMenu row={row} onDelete={onDelete} />
      </td>
    </tr>
  )
}
