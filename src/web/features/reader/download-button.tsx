import { useMutation } from '@tanstack/react-query'
import type { DocumentRow } from '../../data/document-list.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { problemText } from '../../ui/problem.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { usePlace } from '../../work/place.ts'
import { useServices } from '../../work/services.ts'

/** Saves the file as it was sent. A link could not say who asks. */
export function DownloadButton({ row }: { readonly row: DocumentRow }) {
  const texts = useTexts()
  const { http } = useServices()
  const place = usePlace()
  const toasts = useToasts()
  const load = useMutation({
    mutationFn: async () => {
      const response = await http.send(`documents/${encodeURIComponent(row.id)}/file`, { place })
      const url = URL.createObjectURL(await response.blob())
      const link = document.createElement('a')
      link.href = url
      link.download = row.file_path
      link.click()
      setTimeout(() => URL.revokeObjectURL(url), 1000)
    },
    onError: (error) => toasts.show({ text: problemText(error, texts) }),
  })
  return (
    <ActionButton icon="download" isBusy={load.isPending} onPress={() => load.mutate()}>
      {texts.t('reader.download')}
    </ActionButton>
  )
}
