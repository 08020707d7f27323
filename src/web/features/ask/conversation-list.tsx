import { useState } from 'react'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { SearchInput } from '../../ui/search-input.tsx'
import type { Conversations } from './use-conversations.ts'

interface ConversationListProps {
  readonly conversations: Conversations
  /** Whether it is shown where there is no room for it beside the rest. */
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Earlier conversations of this place, kept in this browser. */
export function ConversationList({ conversations, isOpen, onClose }: ConversationListProps) {
  const { t, ago } = useTexts()
  const [search, setSearch] = useState('')
  const { all, open, choose, remove, pin } = conversations
  const wanted = search.toLowerCase()
  const found = all.filter(
    ({ title, turns }) =>
      title.toLowerCase().includes(wanted) ||
      turns.some(({ question, answer }) => `${question}\n${answer}`.toLowerCase().includes(wanted)),
  )
  return (
    <aside className="conversations" data-open={isOpen || undefined} aria-label={t('ask.history')}>
      <div className="row">
        <SearchInput label={t('ask.searchHistory')} value={search} onChange={setSearch} />
        <span className="narrow-only">
          <ActionButton icon="close" look="quiet" iconOnly onPress={onClose}>
            {t('app.close')}
          </ActionButton>
        </span>
      </div>
      {found.length === 0 && <p className="small soft">{t('ask.noHistory')}</p>}
      <ul>
        {found.map(({ id, title, changedAt, isPinned }) => (
          <li key={id} className="conversation" data-current={id === open?.id || undefined}>
            <button
              type="button"
              className="conversation-link"
              aria-current={id === open?.id ? 'true' : undefined}
              onClick={() => {
                choose(id)
                onClose()
              }}
            >
              <span className="truncate" dir="auto">
                {title}
              </span>
              <span className="small soft">{ago(changedAt)}</span>
            </button>
            <ActionButton
              icon={isPinned ? 'check' : 'tag'}
              look="quiet"
              isCompact
              iconOnly
              onPress={() => pin(id)}
            >
              {t(isPinned ? 'ask.unpin' : 'ask.pin')}
            </ActionButton>
            <ActionButton icon="trash" look="quiet" isCompact iconOnly onPress={() => remove(id)}>
              {t('ask.remove')}
            </ActionButton>
          </li>
        ))}
      </ul>
    </aside>
  )
}
