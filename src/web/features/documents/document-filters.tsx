import { useEffect, useRef, useState } from 'react'
import { STATUSES } from '../../data/document-list.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import type { Filters, ViewPatch, ViewState } from '../../state/view-state.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { SearchInput } from '../../ui/search-input.tsx'
import type { ChangeOptions } from '../../work/place.ts'

interface DocumentFiltersProps {
  readonly view: ViewState
  readonly counts: Readonly<Record<string, number>> | undefined
  readonly onChange: (patch: ViewPatch, options?: ChangeOptions) => void
}

/** Status and words; each change is told by the address. */
export function DocumentFilters({ view, counts, onChange }: DocumentFiltersProps) {
  const { t, number } = useTexts()
  const { filters = {} } = view
  const status = filters.status ?? []
  const set = (name: string, values: readonly string[], options?: ChangeOptions) => {
    const { [name]: _, ...rest } = filters
    const next: Filters = values.length === 0 ? rest : { ...rest, [name]: values }
    onChange({ filters: Object.keys(next).length === 0 ? undefined : next }, options)
  }
  const toggle = (one: string) => {
    set('status', status.includes(one) ? status.filter((other) => other !== one) : [...status, one])
  }
  return (
    <div className="filters">
      <TypedSearch
        label={t('documents.search')}
        value={filters.q?.[0] ?? ''}
        onType={(text) => set('q', text === '' ? [] : [text], { typing: true })}
      />
      <fieldset className="chips">
        <legend className="sr-only">{t('documents.status')}</legend>
        {STATUSES.map((one) => (
          <button
            key={one}
            type="button"
            className="chip"
            aria-pressed={status.includes(one)}
            onClick={() => toggle(one)}
          >
            {t(`documents.status.${one}`)}
            {counts !== undefined && <span className="number">{number(counts[one] ?? 0)}</span>}
          </button>
        ))}
      </fieldset>
      {filters.tag !== undefined && (
        <span className="row wrap">
          {filters.tag.map((tag) => (
            <ActionButton
              key={tag}
              icon="close"
              isCompact
              onPress={() => set('tag', filters.tag?.filter((other) => other !== tag) ?? [])}
            >
              {tag}
            </ActionButton>
          ))}
        </span>
      )}
    </div>
  )
}

interface TypedSearchProps {
  readonly label: string
  readonly value: string
  readonly onType: (text: string) => void
}

const PAUSE_MS = 250

/** Asks when whoever types pauses, and not at each letter. */
function TypedSearch({ label, value, onType }: TypedSearchProps) {
  const [text, setText] = useState(value)
  const told = useRef(value)
  // Back, or another knowledge base, has brought another text.
  if (value !== told.current) {
    told.current = value
    if (value !== text) setText(value)
  }
  useEffect(() => {
    if (text === told.current) return undefined
    const timer = setTimeout(() => {
      told.current = text
      onType(text)
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text, onType])
  return <SearchInput label={label} value={text} onChange={setText} />
}
