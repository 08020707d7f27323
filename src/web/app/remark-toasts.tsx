import { useEffect } from 'react'
import { useTexts } from '../i18n/use-texts.ts'
import { useToasts } from '../ui/toasts.tsx'
import { useServices } from '../work/services.ts'

const READING_MS = 15_000

/** Says what the state has to say of addresses and of room. */
export function RemarkToasts() {
  const { remarks } = useServices()
  const { t } = useTexts()
  const toasts = useToasts()
  useEffect(
    () =>
      remarks.listen((remark) => {
        const text =
          remark.kind === 'dropped'
            ? t('app.dropped', { names: remark.names.join(', ').slice(0, 200) })
            : t(remark.kind === 'full' ? 'app.storageFull' : 'app.cleaned')
        toasts.show({ text, ms: READING_MS })
      }),
    [remarks, t, toasts],
  )
  return null
}
