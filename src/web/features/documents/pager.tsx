import type { DocumentPage } from '../../data/document-list.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import type { ViewPatch } from '../../state/view-state.ts'
import { Choice } from '../../ui/choice.tsx'
import { PageButtons } from '../../ui/page-buttons.tsx'

interface PagerProps {
  readonly pagination: DocumentPage['pagination']
  readonly pageSize: number
  readonly onChange: (patch: ViewPatch) => void
}

const SIZES = ['25', '50', '100', '200'] as const

/** From page to page; each is a step that Back undoes. */
export function Pager({ pagination, pageSize, onChange }: PagerProps) {
  const { t } = useTexts()
  const { page, total_pages: pages, total_count: total } = pagination
  const first = (page - 1) * pageSize + 1
  const last = Math.min(total, page * pageSize)
  return (
    <nav className="pager" aria-label={t('documents.pages')}>
      <span className="soft number">{t('documents.range', { first, last, total })}</span>
      <span className="grow" />
      <Choice
        className="page-size"
        label={t('documents.pageSize')}
        value={SIZES.find((one) => Number(one) === pageSize) ?? '50'}
        options={SIZES.map((one) => ({
          value: one,
          text: t('documents.aPage', { count: Number(one) }),
        }))}
        onChange={(size) => onChange({ pageSize: Number(size) })}
      />
      <PageButtons
        page={page}
        pages={pages}
        onGo={(next) => onChange({ page: next === 1 ? undefined : next })}
      />
    </nav>
  )
}
