import { useEffect, useState } from 'react'
import { ApiError } from '../api/api-error.ts'
import type { Texts } from '../i18n/text.ts'
import { useTexts } from '../i18n/use-texts.ts'
import { ActionButton } from './action-button.tsx'
import { CopyButton } from './copy-button.tsx'
import { Icon } from './icon.tsx'

/** What went wrong, in the reader's language where its code is known. */
export function problemText(error: unknown, { maybe, t }: Texts): string {
  if (!(error instanceof ApiError)) return t('error.title')
  const known = maybe(`error.code.${error.code}`) ?? maybe(`error.code.http_${error.status}`)
  // A refusal of what was typed says more than any sentence of ours.
  if (error.status === 400 || error.status === 409 || error.status === 422) return error.message
  return known ?? error.message
}

/** An error with what to do: its request id for whoever runs the server, and another try. */
export function Problem({
  error,
  onRetry,
}: {
  readonly error: unknown
  readonly onRetry?: () => void
}) {
  const texts = useTexts()
  const { t } = texts
  const api = error instanceof ApiError ? error : undefined
  const left = useSecondsLeft(api?.retryAfterSeconds)
  return (
    <div className="notice bad" role="alert">
      <Icon name="alert" />
      <div className="stack grow">
        <div>
          <h3>{t('error.title')}</h3>
          <p>{problemText(error, texts)}</p>
          {left > 0 && <p className="soft">{t('error.wait', { count: left })}</p>}
        </div>
        <div className="row wrap">
          {onRetry && (
            <ActionButton icon="retry" isCompact onPress={onRetry}>
              {t('app.retry')}
            </ActionButton>
          )}
          {api?.requestId !== undefined && (
            <span className="row small soft">
              <code>{t('error.requestId', { id: api.requestId })}</code>
              <CopyButton text={api.requestId} name={t('error.copyId')} />
            </span>
          )}
        </div>
      </div>
    </div>
  )
}

function useSecondsLeft(seconds = 0): number {
  const [left, setLeft] = useState(Math.ceil(seconds))
  useEffect(() => {
    setLeft(Math.ceil(seconds))
    if (seconds <= 0) return undefined
    const timer = setInterval(() => setLeft((before) => Math.max(0, before - 1)), 1000)
    return () => clearInterval(timer)
  }, [seconds])
  return left
}
