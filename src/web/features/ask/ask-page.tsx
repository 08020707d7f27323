import '../../styles/ask.css'
import { useEffect, useRef, useState } from 'react'
import type { Reference } from '../../data/ask-types.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { usePlace, useView } from '../../work/place.ts'
import { useTitle } from '../../work/use-title.ts'
import { settingsOf } from './ask-settings.ts'
import { AskSettingsPanel } from './ask-settings-panel.tsx'
import { Composer } from './composer.tsx'
import { ConversationList } from './conversation-list.tsx'
import { exportConversation } from './export-conversation.ts'
import { SourcePanel } from './source-panel.tsx'
import { TurnView } from './turn-view.tsx'
import { useConversations } from './use-conversations.ts'

const ROUTE = 'ask'

/** Questions to a knowledge base, and answers that say where they stand. */
export default function AskPage() {
  const { t } = useTexts()
  const place = usePlace()
  const [view, change] = useView(ROUTE)
  const settings = settingsOf(view.ui)
  const draftKey = `lightrag:draft:${encodeURIComponent(place.tenantId)}:${encodeURIComponent(place.kb)}`
  const conversations = useConversations()
  const { open, isAsking } = conversations
  const [source, setSource] = useState<Reference>()
  const [isListOpen, setListOpen] = useState(false)
  const [isTuning, setTuning] = useState(false)
  const end = useRef<HTMLDivElement>(null)
  useTitle(t('nav.ask'), place.kb)
  const turns = open?.turns ?? []
  const count = turns.length
  useEffect(() => {
    if (count > 0) end.current?.scrollIntoView({ block: 'end' })
  }, [count])
  return (
    <div className="ask" data-source={source === undefined ? undefined : true}>
      <ConversationList
        conversations={conversations}
        isOpen={isListOpen}
        onClose={() => setListOpen(false)}
      />
      <section className="talk" aria-label={t('ask.conversation')}>
        <header className="page-head">
          <div className="row grow">
            <span className="narrow-only">
              <ActionButton icon="clock" look="quiet" iconOnly onPress={() => setListOpen(true)}>
                {t('ask.history')}
              </ActionButton>
            </span>
            <h1 className="truncate">{open?.title ?? t('nav.ask')}</h1>
          </div>
          <div className="row">
            {open !== undefined && (
              <ActionButton
                icon="download"
                look="quiet"
                iconOnly
                onPress={() => exportConversation(open)}
              >
                {t('ask.export')}
              </ActionButton>
            )}
            <ActionButton icon="plus" onPress={() => conversations.choose(undefined)}>
              {t('ask.new')}
            </ActionButton>
          </div>
        </header>
        {count === 0 && <EmptyState icon="ask" title={t('ask.empty')} hint={t('ask.emptyHint')} />}
        <ol className="turns">
          {turns.map((turn) => (
            <li key={turn.id}>
              <TurnView
                turn={turn}
                onSource={setSource}
                onRetry={() => conversations.ask(turn.question, settings)}
              />
            </li>
          ))}
        </ol>
        <div ref={end} />
        <Composer
          key={draftKey}
          draftKey={draftKey}
          isAsking={isAsking}
          mode={settings.mode}
          onAsk={(question) => conversations.ask(question, settings)}
          onStop={() => conversations.stop()}
          onSettings={() => setTuning(true)}
        />
        <span className="sr-only" role="status">
          {isAsking ? t('ask.writing') : count > 0 ? t('ask.written') : ''}
        </span>
      </section>
      {source !== undefined && (
        <SourcePanel
          key={source.reference_id}
          reference={source}
          onClose={() => setSource(undefined)}
        />
      )}
      <AskSettingsPanel
        isOpen={isTuning}
        settings={settings}
        onChange={(next) => change({ ui: { ...next } }, { replace: true })}
        onClose={() => setTuning(false)}
      />
    </div>
  )
}
