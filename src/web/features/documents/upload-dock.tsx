import '../../styles/documents.css'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { problemText } from '../../ui/problem.tsx'
import { usePlace } from '../../work/place.ts'
import { useServices } from '../../work/services.ts'
import type { Upload } from '../../work/upload-queue.ts'

/** Files on their way, at the edge of every page; only those of the tenant that is looked at. */
export default function UploadDock() {
  const { t } = useTexts()
  const { uploads } = useServices()
  const { tenantId } = usePlace()
  const all = useSyncExternalStore(uploads.subscribe, uploads.get)
  const [isOpen, setOpen] = useState(true)
  const isBusy = uploads.isBusy
  useEffect(() => {
    if (!isBusy) return undefined
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isBusy])
  const own = all.filter(({ place }) => place.tenantId === tenantId)
  if (own.length === 0) return null
  const done = own.filter(({ state }) => state === 'taken' || state === 'known').length
  return (
    <section className="dock" aria-label={t('uploads.title')}>
      <header className="row">
        {own.some(({ state }) => state === 'sending') && <span className="spinner" />}
        <strong className="grow">{t('uploads.progress', { done, total: own.length })}</strong>
        {done > 0 && (
          <ActionButton isCompact look="quiet" onPress={() => uploads.clearDone()}>
            {t('uploads.clear')}
          </ActionButton>
        )}
        <ActionButton
          icon="chevron"
          look="quiet"
          isCompact
          iconOnly
          onPress={() => setOpen(!isOpen)}
        >
          {t(isOpen ? 'uploads.fold' : 'uploads.unfold')}
        </ActionButton>
      </header>
      {isOpen && (
        <ul>
          {own.map((one) => (
            <UploadRow key={one.id} upload={one} />
          ))}
        </ul>
      )}
      <span className="sr-only" role="status">
        {t('uploads.progress', { done, total: own.length })}
      </span>
    </section>
  )
}

const LOOKS = {
  waiting: '',
  sending: 'accent',
  taken: 'good',
  known: 'warn',
  failed: 'bad',
  lost: 'warn',
} as const

function UploadRow({ upload }: { readonly upload: Upload }) {
  const texts = useTexts()
  const { t, bytes } = texts
  const { uploads } = useServices()
  const { id, name, size, state, error } = upload
  return (
    <li className="upload">
      <div className="row">
        <Icon name="documents" />
        <bdi className="truncate grow">{name}</bdi>
        <span className="small soft">{bytes(size)}</span>
        <span className={`badge ${LOOKS[state]}`}>{t(`uploads.state.${state}`)}</span>
        <ActionButton
          icon="close"
          look="quiet"
          isCompact
          iconOnly
          onPress={() => uploads.remove(id)}
        >
          {t('uploads.remove', { name })}
        </ActionButton>
      </div>
      {state === 'failed' && (
        <p className="small row wrap upload-error">
          <span className="grow">{problemText(error, texts)}</span>
          <ActionButton isCompact icon="retry" onPress={() => uploads.retry(id)}>
            {t('app.retry')}
          </ActionButton>
        </p>
      )}
      {state === 'known' && (
        <p className="small row wrap">
          <span className="grow soft">{t('uploads.knownHint')}</span>
          <ActionButton isCompact onPress={() => uploads.retry(id, true)}>
            {t('uploads.replace')}
          </ActionButton>
        </p>
      )}
      {state === 'lost' && <p className="small soft">{t('uploads.lostHint')}</p>}
    </li>
  )
}
