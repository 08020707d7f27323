import { useMemo } from 'react'
import type { Reference, Turn } from '../../data/ask-types.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { AnswerText } from './answer-text.tsx'

interface TurnViewProps {
  readonly turn: Turn
  readonly onSource: (reference: Reference) => void
  readonly onRetry: () => void
}

/** A question, its answer as far as it has come, and what that rests on. */
export function TurnView({ turn, onSource, onRetry }: TurnViewProps) {
  const { t, number } = useTexts()
  const { question, answer, references, state, problem, cut, times, mode } = turn
  const known = useMemo(() => new Set(references.map(({ reference_id: id }) => id)), [references])
  const cited = references.filter(({ reference_id: id }) => answer.includes(`[${id}]`))
  const sources = cited.length > 0 ? cited : references
  return (
    <article className="turn" aria-busy={state === 'streaming'}>
      <p className="question" dir="auto">
        {question}
      </p>
      <div className="answer">
        {answer === '' && state === 'streaming' && <Skeleton lines={2} height={16} />}
        <AnswerText
          text={answer}
          known={known}
          onCite={(id) => {
            const found = references.find(({ reference_id: one }) => one === id)
            if (found !== undefined) onSource(found)
          }}
        />
        {state === 'stopped' && <p className="small soft">{t('ask.stopped')}</p>}
        {cut !== undefined && <p className="small soft">{t('ask.cut')}</p>}
        {state === 'failed' && (
          <div className="notice bad" role="alert">
            <Icon name="alert" />
            <div className="stack grow">
              <p>{problem ?? t('error.title')}</p>
              <div>
                <ActionButton icon="retry" isCompact onPress={onRetry}>
                  {t('app.retry')}
                </ActionButton>
              </div>
            </div>
          </div>
        )}
        {state !== 'streaming' && answer !== '' && (
          <footer className="row wrap small soft">
            {sources.length > 0 ? (
              <span>{t('ask.sources')}</span>
            ) : (
              <span className="badge warn">{t('ask.noSources')}</span>
            )}
            {sources.map((reference) => (
              <button
                key={reference.reference_id}
                type="button"
                className="source-chip"
                onClick={() => onSource(reference)}
              >
                <span className="cite-number">{reference.reference_id}</span>
                <bdi className="truncate">{reference.file_path}</bdi>
              </button>
            ))}
            <span className="grow" />
            <span>{t(`ask.mode.${mode}`)}</span>
            {times !== undefined && (
              <span className="number">
                {t('ask.seconds', { time: number(Math.round(times.whole / 100) / 10) })}
              </span>
            )}
            <CopyButton text={answer} name={t('ask.copyAnswer')} />
          </footer>
        )}
      </div>
    </article>
  )
}
