import { useEffect, useRef, useState } from 'react'
import type { Mode } from '../../data/ask-types.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'

interface ComposerProps {
  /** Where what is not sent yet is kept: a question belongs to one knowledge base. */
  readonly draftKey: string
  readonly isAsking: boolean
  readonly mode: Mode
  readonly onAsk: (question: string) => void
  readonly onStop: () => void
  readonly onSettings: () => void
}

/** As the server has it, in characters. */
const LONGEST = 65_536
const TELL_FROM = 2000

/** Where a question is written; what is not sent yet outlives a reload. */
export function Composer({ draftKey, isAsking, mode, onAsk, onStop, onSettings }: ComposerProps) {
  const { t } = useTexts()
  const [text, setText] = useState(() => sessionStorage.getItem(draftKey) ?? '')
  const area = useRef<HTMLTextAreaElement>(null)
  const rest = text.trim()
  useEffect(() => {
    const { current } = area
    if (current !== null) {
      current.style.height = 'auto'
      current.style.height = `${Math.min(220, current.scrollHeight + 2)}px`
    }
    try {
      if (text === '') sessionStorage.removeItem(draftKey)
      else sessionStorage.setItem(draftKey, text)
    } catch {
      // Without room it lasts as long as the page.
    }
  }, [text, draftKey])
  const send = () => {
    if (rest === '' || isAsking) return
    onAsk(rest)
    setText('')
  }
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <textarea
        ref={area}
        rows={1}
        className="composer-text"
        aria-label={t('ask.question')}
        placeholder={t('ask.question')}
        dir="auto"
        value={text}
        maxLength={LONGEST}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      <div className="row">
        <ActionButton icon="settings" look="quiet" isCompact onPress={onSettings}>
          {t(`ask.mode.${mode}`)}
        </ActionButton>
        <span className="grow small soft number">
          {text.length > TELL_FROM ? t('ask.length', { count: text.length, most: LONGEST }) : ''}
        </span>
        {isAsking ? (
          <ActionButton icon="stop" onPress={onStop}>
            {t('ask.stop')}
          </ActionButton>
        ) : (
          <ActionButton type="submit" icon="send" look="primary" isDisabled={rest === ''}>
            {t('ask.send')}
          </ActionButton>
        )}
      </div>
    </form>
  )
}
