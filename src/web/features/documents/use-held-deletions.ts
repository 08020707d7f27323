import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'
import { type Chosen, deleteDocuments, documentsKey } from '../../data/document-list.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { problemText } from '../../ui/problem.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { usePlace } from '../../work/place.ts'
import { useServices } from '../../work/services.ts'

/** How long a deletion can be taken back: until then nothing of it is sent. */
const HOLD_MS = 10_000

export interface HeldDeletions {
  /** Those that are no longer shown. */
  readonly ids: ReadonlySet<string>
  /** @param count how many they are */
  hold(chosen: Chosen, count: number): void
}

/** Deletes documents after a while in which it can be undone. */
export function useHeldDeletions(): HeldDeletions {
  const texts = useTexts()
  const { http } = useServices()
  const place = usePlace()
  const toasts = useToasts()
  const queries = useQueryClient()
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const shown = useRef(texts)
  shown.current = texts
  const hold = useCallback(
    (chosen: Chosen, count: number) => {
      const added = 'doc_ids' in chosen ? chosen.doc_ids : []
      const without = (before: ReadonlySet<string>) =>
        new Set([...before].filter((id) => !added.includes(id)))
      setIds((before) => new Set([...before, ...added]))
      const send = async () => {
        try {
          await deleteDocuments(http, place, chosen)
          await queries.invalidateQueries({ queryKey: documentsKey(place) })
        } catch (error) {
          setIds(without)
          toasts.show({ text: problemText(error, shown.current) })
        }
      }
      const timer = setTimeout(() => void send(), HOLD_MS)
      const { t } = shown.current
      toasts.show({
        text: t('documents.deleted', { count }),
        ms: HOLD_MS,
        action: {
          text: t('documents.undo'),
          run: () => {
            clearTimeout(timer)
            setIds(without)
          },
        },
      })
    },
    [http, place, queries, toasts],
  )
  return { ids, hold }
}
