import { useState } from 'react'
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components'
import type { DocumentRow, Progress } from '../../data/document-list.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Icon } from '../../ui/icon.tsx'

const LOOKS = {
  pending: '',
  processing: 'accent',
  preprocessed: 'accent',
  processed: 'good',
  failed: 'bad',
} as const

/** Where a document is on its way, and what stopped it. */
export function DocumentStatus({ row }: { readonly row: DocumentRow }) {
  const { t } = useTexts()
  const { status, error_msg: error, progress } = row
  const name = t(`documents.status.${status === 'preprocessed' ? 'processing' : status}`)
  return (
    <div className="status">
      {error === null ? (
        <span className={`badge ${LOOKS[status]}`}>{name}</span>
      ) : (
        <ErrorBadge name={name} look={LOOKS[status]} error={error} attempts={attemptsOf(row)} />
      )}
      {status !== 'processed' && progress !== null && <ProgressLine progress={progress} />}
    </div>
  )
}

function attemptsOf({ progress, metadata }: DocumentRow): number | undefined {
  const kept = metadata?.attempts
  return progress?.attempts ?? (typeof kept === 'number' ? kept : undefined)
}

interface ErrorBadgeProps {
  readonly name: string
  readonly look: string
  readonly error: string
  readonly attempts: number | undefined
}

/** The error in full, with what may help. */
function ErrorBadge({ name, look, error, attempts }: ErrorBadgeProps) {
  const { t } = useTexts()
  return (
    <DialogTrigger>
      <Button className={`badge button-badge ${look}`}>
        <Icon name="alert" />
        {name}
      </Button>
      <Popover className="popover error-popover" placement="bottom start">
        <Dialog className="stack" aria-label={t('documents.error')}>
          <div className="row apart">
            <h3>{t('documents.error')}</h3>
            <CopyButton text={error} />
          </div>
          <p className="error-text">{error}</p>
          {attempts !== undefined && (
            <p className="small soft">{t('documents.attempts', { count: attempts })}</p>
          )}
          <p className="small soft">{t('documents.errorHint')}</p>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}

function ProgressLine({ progress }: { readonly progress: Progress }) {
  const { t, maybe, number } = useTexts()
  const [now] = useState(Date.now)
  const { step, done, total, next_retry_at: retry, queue_position: waiting } = progress
  if (retry) {
    const seconds = Math.max(0, Math.round((Date.parse(retry) - now) / 1000))
    return <span className="small soft">{t('documents.retryIn', { count: seconds })}</span>
  }
  if (waiting !== null && waiting !== undefined && waiting > 0) {
    return <span className="small soft">{t('documents.waiting', { count: waiting })}</span>
  }
  if (!step) return null
  const name = maybe(`documents.step.${step}`) ?? step
  const isKnown = typeof done === 'number' && typeof total === 'number' && total > 0
  const share = isKnown ? Math.min(1, done / total) : undefined
  return (
    <span className="progress small soft">
      <span className="row apart">
        <span>{name}</span>
        {isKnown && (
          <span className="number">
            {number(done)} / {number(total)}
          </span>
        )}
      </span>
      <span
        className={share === undefined ? 'meter unknown' : 'meter'}
        role="progressbar"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(share === undefined ? {} : { 'aria-valuenow': Math.round(share * 100) })}
      >
        <span style={share === undefined ? {} : { width: `${share * 100}%` }} />
      </span>
    </span>
  )
}
